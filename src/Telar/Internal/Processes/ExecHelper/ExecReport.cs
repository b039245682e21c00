namespace Telar.Internal.Processes;

/// <summary>What the exec helper says when the program could not begin.</summary>
/// <param name="Step">The number of the step, or -1: the exec itself.</param>
/// <param name="Error">The error number.</param>
/// <param name="File">The number of the file that was tried last.</param>
internal readonly record struct ExecReport(int Step, int Error, int File);
