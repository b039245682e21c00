namespace Telar.Subprocesses;

/// <summary>What a job log says about a command.</summary>
/// <param name="Line">On which line, from 1.</param>
/// <param name="ReturnCode">The exit code; -n when signal n killed the child; null when it was stopped because it took too long, or has none.</param>
/// <param name="Command">The command, as the log has it.</param>
/// <param name="IsSuccess">Whether the return code is a success.</param>
internal sealed record JobLogEntry(int Line, int? ReturnCode, string Command, bool IsSuccess = false);
