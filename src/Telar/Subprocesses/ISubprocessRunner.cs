namespace Telar.Subprocesses;

/// <summary>Runs programs: the seam at which a test puts a fake, and an application its own rules.</summary>
/// <remarks>
/// <para>
/// Code that takes a runner in its constructor works with <see cref="Subprocess.Default"/> in production and with the
/// <c>FakeSubprocessRunner</c> of the package Telar.Testing in its tests. All members mean the same as the functions of
/// <see cref="Subprocess"/> with the same names.
/// </para>
/// <para>Python has no counterpart; its users patch <c>subprocess.run</c>.</para>
/// <b>Thread safety.</b> Implementations may be called from any thread, also several at once.
/// </remarks>
public interface ISubprocessRunner
{
    /// <summary>Runs a program and waits for its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated.</param>
    /// <param name="cancellationToken">Stops the program by <see cref="PopenOptions.Stop"/>, and then ends the wait.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="CalledProcessException"><see cref="RunOptions.Check"/>, and the return code is no success.</exception>
    /// <exception cref="TimeoutExpiredException">The program took too long and has been stopped.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the program has been stopped.</exception>
    CompletedProcess Run(CommandLine command, RunOptions options, CancellationToken cancellationToken = default);

    /// <summary>Runs a program without holding a thread meanwhile.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated.</param>
    /// <param name="cancellationToken">Stops the program by <see cref="PopenOptions.Stop"/>, and then ends the wait.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="CalledProcessException"><see cref="RunOptions.Check"/>, and the return code is no success.</exception>
    /// <exception cref="TimeoutExpiredException">The program took too long and has been stopped.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the program has been stopped.</exception>
    Task<CompletedProcess> RunAsync(CommandLine command, RunOptions options, CancellationToken cancellationToken = default);

    /// <summary>Runs a program and gives its lines as they come.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">As in <see cref="Subprocess.Stream"/>; null for all defaults.</param>
    /// <param name="cancellationToken">Stops the program.</param>
    /// <returns>The lines; nothing starts before they are read.</returns>
    /// <remarks>
    /// A runner need not have it: by itself it is a <see cref="RunAsync"/> of the same runner, with options whose streams lead to the reader.
    /// </remarks>
    OutputLines Stream(CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return new OutputLines(RunAsync, command, options ?? new RunOptions(), cancellationToken);
    }

    /// <summary>Runs a pipeline and waits for its end.</summary>
    /// <param name="pipeline">The programs: <c>a | b | c</c>.</param>
    /// <param name="options">As in <see cref="Subprocess.RunPipeline(Pipeline, RunOptions, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Stops all stages, and then ends the wait.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="CalledProcessException"><see cref="RunOptions.Check"/>, and the pipeline failed.</exception>
    /// <exception cref="TimeoutExpiredException">It took too long. All stages have been stopped.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled. All stages have been stopped.</exception>
    CompletedPipeline RunPipeline(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default);

    /// <summary>Runs a pipeline without holding a thread meanwhile.</summary>
    /// <param name="pipeline">The programs: <c>a | b | c</c>.</param>
    /// <param name="options">As in <see cref="Subprocess.RunPipeline(Pipeline, RunOptions, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Stops all stages, and then ends the wait.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="CalledProcessException"><see cref="RunOptions.Check"/>, and the pipeline failed.</exception>
    /// <exception cref="TimeoutExpiredException">It took too long. All stages have been stopped.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled. All stages have been stopped.</exception>
    Task<CompletedPipeline> RunPipelineAsync(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default);
}
