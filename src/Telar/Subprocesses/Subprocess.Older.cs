namespace Telar.Subprocesses;

/// <content>The functions that Python has from before <c>run</c>: each is a run with a choice made.</content>
public static partial class Subprocess
{
    /// <summary>Runs a program to its end for its return code.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The return code.</returns>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    /// <remarks>Python: <c>subprocess.call</c>.</remarks>
    public static int Call(CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(command, options ?? new RunOptions(), cancellationToken).ReturnCode;

    /// <summary>Runs a program to its end for its return code; no thread waits for it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The return code.</returns>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    public static async Task<int> CallAsync(
        CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompletedProcess run = await RunAsync(command, options ?? new RunOptions(), cancellationToken).ConfigureAwait(false);
        return run.ReturnCode;
    }

    /// <summary>Runs a program to its end, and fails when its return code is no success.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults. <see cref="RunOptions.Check"/> is set.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The return code: 0, or another one that <see cref="PopenOptions.IsSuccess"/> takes for a success.</returns>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    /// <remarks>Python: <c>subprocess.check_call</c>.</remarks>
    public static int CheckCall(CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(command, (options ?? new RunOptions()) with { Check = true }, cancellationToken).ReturnCode;

    /// <summary>Runs a program to its end, and fails when its return code is no success; no thread waits for it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults. <see cref="RunOptions.Check"/> is set.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The return code: 0, or another one that <see cref="PopenOptions.IsSuccess"/> takes for a success.</returns>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    public static Task<int> CheckCallAsync(
        CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        CallAsync(command, (options ?? new RunOptions()) with { Check = true }, cancellationToken);

    /// <summary>Runs a program to its end for what it writes to standard output, and fails when its return code is no success.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">
    /// With what, and how it is treated; null for all defaults. Standard output is captured and <see cref="RunOptions.Check"/>
    /// set. To have standard error too, in the order of writing, choose <see cref="Stdio.Stdout"/> for it.
    /// </param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>What came from standard output.</returns>
    /// <exception cref="ArgumentException">There is a choice for standard output already. Nothing was started.</exception>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    /// <remarks>Python: <c>subprocess.check_output</c>.</remarks>
    public static CapturedOutput CheckOutput(
        CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        Run(command, ForOutput(options), cancellationToken).Stdout;

    /// <summary>As <see cref="CheckOutput"/>; no thread waits for the program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">As there.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>What came from standard output.</returns>
    /// <exception cref="ArgumentException">There is a choice for standard output already. Nothing was started.</exception>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    public static async Task<CapturedOutput> CheckOutputAsync(
        CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompletedProcess run = await RunAsync(command, ForOutput(options), cancellationToken).ConfigureAwait(false);
        return run.Stdout;
    }

    /// <summary>Runs a script of the shell for its output, standard error included, without the last line end.</summary>
    /// <param name="script">The script. Values in the holes of an interpolated string are never read as code.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The output, also of a script that fails.</returns>
    /// <exception cref="ArgumentException">There is a choice for an output already. Nothing was started.</exception>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    /// <remarks>Python: <c>subprocess.getoutput</c>.</remarks>
    public static string GetOutput(
        ShellScript script, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStatusOutput(script, options, cancellationToken).Output;

    /// <summary>As <see cref="GetOutput"/>; no thread waits for the script.</summary>
    /// <param name="script">The script. Values in the holes of an interpolated string are never read as code.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The output, also of a script that fails.</returns>
    /// <exception cref="ArgumentException">There is a choice for an output already. Nothing was started.</exception>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    public static async Task<string> GetOutputAsync(
        ShellScript script, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GetStatusOutputAsync(script, options, cancellationToken).ConfigureAwait(false)).Output;

    /// <summary>Runs a script of the shell for its return code and its output, standard error included.</summary>
    /// <param name="script">The script. Values in the holes of an interpolated string are never read as code.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The return code, and the output without its last line end.</returns>
    /// <exception cref="ArgumentException">There is a choice for an output already. Nothing was started.</exception>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    /// <remarks>Python: <c>subprocess.getstatusoutput</c>.</remarks>
    public static (int Status, string Output) GetStatusOutput(
        ShellScript script, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        StatusAndText(Run(CommandLine.Shell(script), ForStatusOutput(options), cancellationToken));

    /// <summary>As <see cref="GetStatusOutput"/>; no thread waits for the script.</summary>
    /// <param name="script">The script. Values in the holes of an interpolated string are never read as code.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults.</param>
    /// <param name="cancellationToken">Stops it by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The return code, and the output without its last line end.</returns>
    /// <exception cref="ArgumentException">There is a choice for an output already. Nothing was started.</exception>
    /// <inheritdoc cref="Run(CommandLine, RunOptions, CancellationToken)" path="/exception"/>
    public static async Task<(int Status, string Output)> GetStatusOutputAsync(
        ShellScript script, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        StatusAndText(await RunAsync(CommandLine.Shell(script), ForStatusOutput(options), cancellationToken).ConfigureAwait(false));

    private static (int Status, string Output) StatusAndText(CompletedProcess run)
    {
        string text = run.Stdout.Text;
        return (run.ReturnCode, text.EndsWith('\n') ? text[..^1] : text);
    }

    private static RunOptions ForOutput(RunOptions? options)
    {
        RefuseChoice(options?.Stdout, nameof(PopenOptions.Stdout), nameof(options));
        return (options ?? new RunOptions()) with { Stdout = Stdio.Pipe, Check = true };
    }

    private static RunOptions ForStatusOutput(RunOptions? options)
    {
        RefuseChoice(options?.Stdout, nameof(PopenOptions.Stdout), nameof(options));
        RefuseChoice(options?.Stderr, nameof(PopenOptions.Stderr), nameof(options));
        return (options ?? new RunOptions()) with
        {
            Stdout = Stdio.Pipe,
            Stderr = Stdio.Stdout,
            UniversalNewlines = true,
        };
    }

    private static void RefuseChoice(Stdio? choice, string name, string parameter)
    {
        if (choice is not null)
        {
            throw new ArgumentException($"This function captures the output itself: leave {name} out, or use Run.", parameter);
        }
    }
}
