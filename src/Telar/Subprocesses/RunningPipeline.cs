using Telar.Subprocesses.Pipelines;

namespace Telar.Subprocesses;

/// <summary>The running children of a <see cref="Pipeline"/>.</summary>
/// <remarks>
/// <para>
/// This process holds no end of the pipes between the stages: a stage sees the end of its input when the one before it has ended,
/// and gets SIGPIPE when the one after it has.
/// </para>
/// <para>
/// Disposing it disposes every stage, so that by <see cref="PopenOptions.OnDispose"/> those that still run are stopped.
/// <b>Thread safety.</b> All members may be called from any thread.
/// </para>
/// </remarks>
public sealed class RunningPipeline : IDisposable, IAsyncDisposable
{
    private readonly Popen[] _stages;

    private RunningPipeline(Pipeline pipeline, Popen[] stages, PopenOptions[] options)
    {
        Pipeline = pipeline;
        _stages = stages;
        Options = options;
    }

    /// <summary>What was started.</summary>
    public Pipeline Pipeline { get; }

    /// <summary>The children, the one that writes first at the start.</summary>
    public IReadOnlyList<Popen> Stages => _stages;

    /// <summary>Standard input of the first stage, when it is a <see cref="Stdio.Pipe"/>; otherwise null.</summary>
    public Stream? Stdin => _stages[0].Stdin;

    /// <summary>Standard output of the last stage, when it is a <see cref="Stdio.Pipe"/>; otherwise null.</summary>
    public Stream? Stdout => _stages[^1].Stdout;

    /// <summary>With what each stage was started.</summary>
    internal PopenOptions[] Options { get; }

    /// <summary>Waits until all stages have ended. Something must read what they write meanwhile.</summary>
    /// <param name="cancellationToken">Cancels the wait. The children go on.</param>
    /// <returns>The return code of each stage.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public IReadOnlyList<int> Wait(CancellationToken cancellationToken = default) =>
        [.. _stages.Select(stage => stage.Wait(timeout: null, cancellationToken))];

    /// <summary>Waits until all stages have ended. Something must read what they write meanwhile.</summary>
    /// <param name="cancellationToken">Cancels the wait. The children go on.</param>
    /// <returns>The return code of each stage.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<IReadOnlyList<int>> WaitAsync(CancellationToken cancellationToken = default) =>
        await Task.WhenAll(_stages.Select(stage => stage.WaitAsync(timeout: null, cancellationToken))).ConfigureAwait(false);

    /// <summary>Brings all stages to their end.</summary>
    /// <param name="policy">How; null: by <see cref="PopenOptions.Stop"/> of each stage.</param>
    public void Stop(StopPolicy? policy = null) => StopAsync(policy).GetAwaiter().GetResult();

    /// <summary>Brings all stages to their end, all at the same time.</summary>
    /// <param name="policy">How; null: by <see cref="PopenOptions.Stop"/> of each stage.</param>
    /// <param name="cancellationToken">Cancels the wait. The children have been asked, and may still run.</param>
    /// <returns>A task that ends when they have.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public Task StopAsync(StopPolicy? policy = null, CancellationToken cancellationToken = default) =>
        Task.WhenAll(_stages.Select(stage => stage.StopAsync(policy, cancellationToken)));

    /// <summary>Ends it: see <see cref="Popen.Dispose"/>.</summary>
    public void Dispose()
    {
        foreach (Popen stage in _stages)
        {
            stage.Dispose();
        }
    }

    /// <summary>Ends it: see <see cref="Popen.Dispose"/>.</summary>
    /// <returns>A task that ends when all stages have.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (Popen stage in _stages)
        {
            await stage.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts all stages.</summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="shared">With what those are started that have no options of their own.</param>
    /// <param name="callerStays">Whether the calling thread waits for all of them: see <see cref="Launching.Launcher.Start"/>.</param>
    /// <returns>The running children.</returns>
    internal static RunningPipeline Start(Pipeline pipeline, PopenOptions shared, bool callerStays = false)
    {
        PopenOptions[] options = StageOptions.Of(pipeline, shared);
        var stages = new List<Popen>(options.Length);
        StagePipe? before = null;
        StagePipe? after = null;
        try
        {
            for (int i = 0; i < options.Length; i++)
            {
                after = i < options.Length - 1 ? StagePipe.Create() : null;
                PopenOptions joined = options[i] with
                {
                    Stdin = before is null ? options[i].Stdin : Stdio.Handle(before.Reader),
                    Stdout = after is null ? options[i].Stdout : Stdio.Handle(after.Writer),
                };
                stages.Add(new Popen(pipeline[i].Command, joined, callerStays));

                // A copy kept here would keep the child before from SIGPIPE, or the child after from its end of input.
                before?.Dispose();
                after?.Writer.Dispose();
                before = after;
            }
        }
        catch
        {
            before?.Dispose();
            after?.Dispose();
            StopAll(stages);
            throw;
        }

        return new RunningPipeline(pipeline, [.. stages], options);
    }

    private static void StopAll(List<Popen> stages)
    {
        Task.WhenAll(stages.Select(stage => stage.StopAsync())).GetAwaiter().GetResult();
        stages.ForEach(stage => stage.Dispose());
    }
}
