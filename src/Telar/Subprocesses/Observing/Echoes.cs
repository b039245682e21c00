using Telar.Subprocesses.Messages;

namespace Telar.Subprocesses.Observing;

/// <summary>Shows commands before they are run, or instead.</summary>
internal static class Echoes
{
    /// <summary>Writes the command to <see cref="PopenOptions.Echo"/>, if there is one.</summary>
    internal static void Write(CommandLine command, PopenOptions options) =>
        options.Echo?.Write(CommandText.Full(command, options) + Environment.NewLine);

    /// <summary>A run that only shows its command: see <see cref="RunOptions.DryRun"/>.</summary>
    /// <returns>What such a run returns.</returns>
    internal static CompletedProcess DryRun(CommandLine command, RunOptions options)
    {
        (options.Echo ?? Console.Error).Write(CommandText.Full(command, options) + Environment.NewLine);
        CapturedOutput stdout = Captures(options.Stdout, options) ? new CapturedOutput(ReadOnlyMemory<byte>.Empty, options) : CapturedOutput.NotCaptured;
        CapturedOutput stderr = Captures(options.Stderr, options) ? new CapturedOutput(ReadOnlyMemory<byte>.Empty, options) : CapturedOutput.NotCaptured;
        return new CompletedProcess(command, returnCode: 0, stdout, stderr, options);
    }

    private static bool Captures(Stdio? choice, RunOptions options) => choice is PipeStdio || (choice is null && options.CaptureOutput);
}
