using Telar.Subprocesses.Observing;

namespace Telar.Subprocesses;

/// <summary>Runs programs.</summary>
/// <remarks>Python: the functions of the module <c>subprocess</c>. <b>Thread safety.</b> All members may be called from any thread.</remarks>
public static partial class Subprocess
{
    /// <summary>
    /// The return code of a child that other code in this process has reaped, on a kernel that does not keep the status. No
    /// program can end with it, and it is no success. Python would say 0.
    /// </summary>
    public const int LostReturnCode = int.MinValue;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="captureOutput">Whether standard output and standard error are captured.</param>
    /// <param name="check">Whether a return code other than 0 becomes a <see cref="CalledProcessException"/>.</param>
    /// <param name="timeout">How long it may take; null as long as it likes. It is stopped then, with all that it has started.</param>
    /// <param name="input">What it reads; null for the input of this process, or nothing where output is captured or time limited.</param>
    /// <param name="cwd">The directory that it starts in; null for that of this process.</param>
    /// <param name="cancellationToken">Stops it, with all that it has started.</param>
    /// <returns>The ended child: its return code and what it has written.</returns>
    /// <exception cref="CalledProcessException">The return code is not 0, and <paramref name="check"/> is set.</exception>
    /// <exception cref="TimeoutExpiredException">It did not end in time. It was stopped; what it had written is in the exception.</exception>
    /// <exception cref="SubprocessCanceledException">The run was cancelled. The child was stopped; what it had written is there.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled before the start. Nothing was started.</exception>
    /// <exception cref="IOException">It could not be started; also <see cref="FileNotFoundException"/> and the others of <see cref="Popen"/>.</exception>
    /// <remarks>
    /// <code>
    /// CompletedProcess run = Subprocess.Run(["git", "status", "--short"], captureOutput: true, check: true);
    /// Console.WriteLine(run.Stdout.Text);
    /// </code>
    /// Python: <c>subprocess.run</c>.
    /// </remarks>
    public static CompletedProcess Run(
        CommandLine command,
        bool captureOutput = false,
        bool check = false,
        TimeSpan? timeout = null,
        Input? input = null,
        string? cwd = null,
        CancellationToken cancellationToken = default) =>
        Run(command, Options(captureOutput, check, timeout, input, cwd), cancellationToken);

    /// <summary>Runs a program to its end; no thread waits for it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="captureOutput">Whether standard output and standard error are captured.</param>
    /// <param name="check">Whether a return code other than 0 becomes a <see cref="CalledProcessException"/>.</param>
    /// <param name="timeout">How long it may take; null as long as it likes. It is stopped then, with all that it has started.</param>
    /// <param name="input">What it reads; null for the input of this process, or nothing where output is captured or time limited.</param>
    /// <param name="cwd">The directory that it starts in; null for that of this process.</param>
    /// <param name="cancellationToken">Stops it, with all that it has started.</param>
    /// <returns>The ended child: its return code and what it has written.</returns>
    /// <exception cref="CalledProcessException">The return code is not 0, and <paramref name="check"/> is set.</exception>
    /// <exception cref="TimeoutExpiredException">It did not end in time. It was stopped; what it had written is in the exception.</exception>
    /// <exception cref="SubprocessCanceledException">The run was cancelled. The child was stopped; what it had written is there.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled before the start. Nothing was started.</exception>
    /// <exception cref="IOException">It could not be started; also <see cref="FileNotFoundException"/> and the others of <see cref="Popen"/>.</exception>
    public static Task<CompletedProcess> RunAsync(
        CommandLine command,
        bool captureOutput = false,
        bool check = false,
        TimeSpan? timeout = null,
        Input? input = null,
        string? cwd = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(command, Options(captureOutput, check, timeout, input, cwd), cancellationToken);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The ended child: its return code and what it has written.</returns>
    /// <exception cref="ArgumentException">Options contradict each other. Nothing was started.</exception>
    /// <exception cref="CalledProcessException">The return code is no success, and <see cref="RunOptions.Check"/> is set.</exception>
    /// <exception cref="TimeoutExpiredException">It did not end in time. It was stopped; what it had written is in the exception.</exception>
    /// <exception cref="SubprocessCanceledException">The run was cancelled. The child was stopped; what it had written is there.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled before the start. Nothing was started.</exception>
    /// <exception cref="OutputLimitException">There was more than <see cref="PopenOptions.MaxOutput"/>. The child was stopped.</exception>
    /// <exception cref="IOException">It could not be started; also <see cref="FileNotFoundException"/> and the others of <see cref="Popen"/>.</exception>
    /// <exception cref="Exception">A stream or function of the user has thrown it. The child was stopped.</exception>
    /// <remarks>Takes no other thread, except where a stream of the user does. Python: <c>subprocess.run</c>.</remarks>
    public static CompletedProcess Run(CommandLine command, RunOptions options, CancellationToken cancellationToken = default)
    {
        options = Prepare(command, options);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.DryRun)
        {
            return Echoes.DryRun(command, options);
        }

        using var child = new Popen(command, options, callerStays: true);
        return child.RunToEnd(options, cancellationToken);
    }

    /// <summary>Runs a program to its end; no thread waits for it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The ended child: its return code and what it has written.</returns>
    /// <exception cref="ArgumentException">Options contradict each other. Nothing was started.</exception>
    /// <exception cref="CalledProcessException">The return code is no success, and <see cref="RunOptions.Check"/> is set.</exception>
    /// <exception cref="TimeoutExpiredException">It did not end in time. It was stopped; what it had written is in the exception.</exception>
    /// <exception cref="SubprocessCanceledException">The run was cancelled. The child was stopped; what it had written is there.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled before the start. Nothing was started.</exception>
    /// <exception cref="OutputLimitException">There was more than <see cref="PopenOptions.MaxOutput"/>. The child was stopped.</exception>
    /// <exception cref="IOException">It could not be started; also <see cref="FileNotFoundException"/> and the others of <see cref="Popen"/>.</exception>
    /// <exception cref="Exception">A stream or function of the user has thrown it. The child was stopped.</exception>
    public static Task<CompletedProcess> RunAsync(
        CommandLine command, RunOptions options, CancellationToken cancellationToken = default)
    {
        options = Prepare(command, options);
        return RunPreparedAsync(command, options, cancellationToken);
    }

    /// <summary>Refuses options that contradict each other, and decides for the streams for which the user has not.</summary>
    internal static RunOptions Prepare(CommandLine command, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(options);
        Internal.Waiting.WaitDeadline.Check(options.Timeout, nameof(options));
        if (options is { Input: not null, Stdin: not null })
        {
            throw new ArgumentException("Input and Stdin exclude each other: Input makes a pipe of its own.", nameof(options));
        }

        if (options.CaptureOutput && (options.Stdout ?? options.Stderr) is not null)
        {
            throw new ArgumentException(
                "CaptureOutput and a choice for Stdout or Stderr exclude each other. To capture one, choose Stdio.Pipe for it.",
                nameof(options));
        }

        bool isCaptured = options.CaptureOutput || options.Stdout is PipeStdio || options.Stderr is PipeStdio;
        bool isUnattended = isCaptured || options.Timeout is not null;
        Stdio? stdin = options.Input is not null ? Stdio.Pipe
            : isUnattended && options.Pty is null ? options.Stdin ?? Stdio.DevNull
            : options.Stdin;
        Stdio? captured = options.CaptureOutput ? Stdio.Pipe : null;
        return options with
        {
            Stdin = stdin,
            Stdout = options.Stdout ?? captured,
            Stderr = options.Stderr ?? captured,
            OnDispose = DisposeMode.Stop,
        };
    }

    private static async Task<CompletedProcess> RunPreparedAsync(
        CommandLine command, RunOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.DryRun)
        {
            return Echoes.DryRun(command, options);
        }

        var child = new Popen(command, options);
        await using (child.ConfigureAwait(false))
        {
            return await child.RunToEndAsync(options, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RunOptions Options(bool captureOutput, bool check, TimeSpan? timeout, Input? input, string? cwd) => new()
    {
        CaptureOutput = captureOutput,
        Check = check,
        Timeout = timeout,
        Input = input,
        Cwd = cwd,
    };
}
