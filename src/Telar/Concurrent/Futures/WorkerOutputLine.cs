namespace Telar.Concurrent.Futures;

/// <summary>A line that a worker process wrote to its standard output or standard error.</summary>
/// <param name="Worker">The worker's name, such as <c>pool-1/3</c>.</param>
/// <param name="ProcessId">The worker's process id.</param>
/// <param name="IsError">True for standard error, false for standard output.</param>
/// <param name="Text">The line without its end; a line longer than 64 KiB comes in pieces.</param>
/// <remarks>
/// Telar's own; Python's workers write to the parent's streams directly, where lines of several workers mix.
/// <b>Thread safety.</b> Immutable.
/// </remarks>
public readonly record struct WorkerOutputLine(string Worker, int ProcessId, bool IsError, string Text)
{
    /// <summary>The line with its worker in front, as it is forwarded by default: <c>[pool-1/3] text</c>.</summary>
    /// <returns>The tagged line.</returns>
    public override string ToString() => $"[{Worker}] {Text}";
}
