namespace Telar.Subprocesses;

internal sealed record PipeStdio : Stdio;
