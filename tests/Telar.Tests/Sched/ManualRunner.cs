using System.Threading.Channels;
using Telar.Sched;

namespace Telar.Tests.Sched;

/// <summary>A runner whose runs the test ends.</summary>
internal sealed class ManualRunner
{
    private readonly Channel<Run> _started = Channel.CreateUnbounded<Run>();

    public int Count { get; private set; }

    public JobRunner Runner => (action, cancellationToken) =>
    {
        Run run = new(action, cancellationToken);
        Count++;
        Assert.True(_started.Writer.TryWrite(run));
        return run.Completion.Task;
    };

    /// <summary>The next run that was started, and not taken here yet.</summary>
    public async Task<Run> NextAsync() => await _started.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>The same, when it has been started.</summary>
    public Run Next()
    {
        Assert.True(_started.Reader.TryRead(out Run? run), "no run was started");
        return run;
    }

    public sealed record Run(Func<CancellationToken, Task> Action, CancellationToken Token)
    {
        // Continuations run in the thread of the test, so that the next run has started when this one was ended.
        public TaskCompletionSource Completion { get; } = new();
    }
}
