using System.Globalization;
using Telar.Subprocesses.Messages;

namespace Telar.Subprocesses;

/// <summary>The lines of a job log: tab separated, the columns of GNU parallel, so that what reads its logs reads ours.</summary>
internal static class JobLogFormat
{
    public const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

    // What a shell says of a program that is not there, or cannot be run.
    private const int NotFound = 127;
    private const int NotRunnable = 126;

    // No exit code: it was stopped because it took too long, or nobody knows.
    private const int None = -1;

    /// <summary>The line of a command that has ended, without its line feed.</summary>
    public static string Line(BatchResult result, RunOptions options)
    {
        (int exitCode, int signal) = Ending(result);
        double began = (result.StartedAt ?? DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds() / 1000.0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Seq}\t:\t{began,10:0.000}\t{result.Elapsed.TotalSeconds,10:0.000}\t0\t{result.Received}\t{exitCode}\t{signal}\t{Text(result.Command, options)}");
    }

    /// <summary>A command as a log has it: on one line, without secrets.</summary>
    public static string Text(CommandLine command, RunOptions options) =>
        CommandText.Full(command, options).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);

    /// <summary>Reads a line.</summary>
    /// <returns>The place of the command and what the line says of it; null when it is no line of a job log.</returns>
    public static (int Seq, JobLogEntry Entry)? Read(string text, int line)
    {
        string[] columns = text.Split('\t', 9);
        if (columns.Length != 9
            || !int.TryParse(columns[0], NumberStyles.None, CultureInfo.InvariantCulture, out int seq)
            || !int.TryParse(columns[6], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exitCode)
            || !int.TryParse(columns[7], NumberStyles.None, CultureInfo.InvariantCulture, out int signal))
        {
            return null;
        }

        int? code = exitCode < 0 ? null : signal > 0 ? -signal : exitCode;
        return (seq, new JobLogEntry(line, code, columns[8]));
    }

    private static (int ExitCode, int Signal) Ending(BatchResult result) => result switch
    {
        { Outcome: BatchOutcome.TimedOut } => (None, (int)Signal.SIGTERM),
        { ReturnCode: Subprocess.LostReturnCode } => (None, 0),
        { ReturnCode: { } code } => code < 0 ? (0, -code) : (code, 0),
        { Exception: FileNotFoundException or DirectoryNotFoundException } => (NotFound, 0),
        { Exception: UnauthorizedAccessException } => (NotRunnable, 0),
        _ => (None, 0),
    };
}
