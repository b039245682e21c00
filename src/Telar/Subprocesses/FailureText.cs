using System.Globalization;
using Telar.Subprocesses.Messages;

namespace Telar.Subprocesses;

/// <summary>The messages of failed runs: one line that a tired person understands, and the end of what the child said.</summary>
/// <remarks>No secret is in any of them; see <see cref="Redaction"/>.</remarks>
internal static class FailureText
{
    internal static string ForReturnCode(CompletedProcess process, string where = "")
    {
        ArgumentNullException.ThrowIfNull(process);
        PopenOptions options = process.Options;
        string hint = ReturnCodeText.Hint(process.Args, process.ReturnCode);
        return Line(process.Args, options, $"failed: {ReturnCodeText.Of(process.ReturnCode)} after {Duration(process.Elapsed)}{hint}.{where}")
            + OutputTail.Of(process.Stdout, process.Stderr, options);
    }

    internal static string ForTimeout(
        CommandLine command, PopenOptions options, TimeSpan timeout, CapturedOutput stderr, string outcome) =>
        Line(command, options, $"did not end within {Duration(timeout)}; {outcome}.") + OutputTail.Of(CapturedOutput.NotCaptured, stderr, options);

    internal static string ForCancellation(CommandLine command, PopenOptions options, string outcome) =>
        Line(command, options, $"was cancelled; {outcome}.");

    internal static string ForOverflow(CommandLine command, PopenOptions options, string stream) =>
        Line(command, options, options.MaxOutput is { } limit && limit < Array.MaxLength
            ? $"wrote more than {limit} bytes to {stream} and was stopped. "
                + "Raise MaxOutput, choose another Overflow, or send the output to a file."
            : $"wrote more than {Array.MaxLength} bytes to {stream}, which is all that can be captured, and was stopped. "
                + "Send the output to a file or a stream, or set MaxOutput with another Overflow.");

    /// <summary>What a debugger or a log shows of a run that has ended.</summary>
    internal static string ForDisplay(CompletedProcess process) =>
        Line(process.Args, process.Options, $"ended: {ReturnCodeText.Of(process.ReturnCode)} after {Duration(process.Elapsed)}");

    /// <summary>A command for messages: on one line, not too long, without secrets.</summary>
    internal static string Command(CommandLine command, PopenOptions options) => CommandText.Short(command, options);

    /// <summary>A time as people say it: <c>45 ms</c>, <c>3.2 s</c>, <c>12 min 3 s</c>, <c>5 h 2 min</c>.</summary>
    internal static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.##} ms"),
        { TotalMilliseconds: < 999.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes} min"),
    };

    private static string Line(CommandLine command, PopenOptions options, string what) => $"`{Command(command, options)}` {what}";
}
