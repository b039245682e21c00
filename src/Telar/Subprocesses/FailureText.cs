using System.Globalization;
using Telar.Internal.Processes;

namespace Telar.Subprocesses;

/// <summary>The messages of failed runs: one line that a tired person understands, and the end of what the child said.</summary>
internal static class FailureText
{
    internal static string ForReturnCode(CompletedProcess process, PopenOptions options) =>
        $"`{Command(process.Args, options)}` failed: {Ending(process.ReturnCode)} after {Seconds(process.Elapsed)}.";

    internal static string ForTimeout(
        CommandLine command, PopenOptions options, TimeSpan timeout, CapturedOutput stderr, string outcome) =>
        $"`{Command(command, options)}` did not end within {Seconds(timeout)}; {outcome}.";

    internal static string ForCancellation(CommandLine command, PopenOptions options, string outcome) =>
        $"`{Command(command, options)}` was cancelled; {outcome}.";

    internal static string ForOverflow(CommandLine command, PopenOptions options, string stream) =>
        $"`{Command(command, options)}` wrote more than {options.MaxOutput} bytes to {stream} and was stopped. "
        + "Raise MaxOutput, choose another Overflow, or send the output to a file.";

    internal static string Command(CommandLine command, PopenOptions options)
    {
        string text = string.Join(' ', command);
        foreach (string secret in options.Secrets)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }

    private static string Ending(int returnCode) =>
        returnCode == Subprocess.LostReturnCode ? "its return code was lost (other code in this process reaped it)"
        : returnCode < 0 && !OperatingSystem.IsWindows() ? $"killed by {SignalName.Of(-returnCode)}"
        : string.Create(CultureInfo.InvariantCulture, $"return code {returnCode}");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
