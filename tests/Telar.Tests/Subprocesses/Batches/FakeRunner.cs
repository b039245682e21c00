using System.Collections.Concurrent;
using System.Threading.Channels;
using Telar.Subprocesses;

namespace Telar.Tests.Subprocesses.Batches;

/// <summary>Runs nothing: a test says what becomes of each command, at once or when it likes.</summary>
internal sealed class FakeRunner : ISubprocessRunner
{
    private readonly Channel<FakeRun> _started = Channel.CreateUnbounded<FakeRun>();
    private readonly ConcurrentQueue<RunOptions> _options = new();
    private int _running;
    private int _mostRunning;

    /// <summary>What becomes of a command at once; null leaves all of them to <see cref="NextAsync"/>.</summary>
    public Func<CommandLine, CompletedProcess>? AtOnce { get; init; }

    public int MostRunning => Volatile.Read(ref _mostRunning);

    public int Running => Volatile.Read(ref _running);

    public IReadOnlyCollection<RunOptions> Options => _options;

    public static CompletedProcess Ended(CommandLine command, int returnCode = 0, string stdout = "", string stderr = "") =>
        new(command, returnCode, stdout, stderr) { ProcessId = 4711, Elapsed = TimeSpan.FromSeconds(1.5) };

    /// <summary>The next command that is started.</summary>
    public async Task<FakeRun> NextAsync() => await _started.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public CompletedProcess Run(CommandLine command, RunOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A batch runs nothing in this way.");

    public CompletedPipeline RunPipeline(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A batch runs no pipelines.");

    public Task<CompletedPipeline> RunPipelineAsync(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A batch runs no pipelines.");

    public async Task<CompletedProcess> RunAsync(CommandLine command, RunOptions options, CancellationToken cancellationToken = default)
    {
        _options.Enqueue(options);
        int running = Interlocked.Increment(ref _running);
        for (int most = MostRunning; running > most && Interlocked.CompareExchange(ref _mostRunning, running, most) != most; most = MostRunning)
        {
        }

        try
        {
            if (AtOnce is not null)
            {
                return AtOnce(command);
            }

            FakeRun run = new(command, options);
            Assert.True(_started.Writer.TryWrite(run));
            return await run.End.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _ = Interlocked.Decrement(ref _running);
        }
    }
}
