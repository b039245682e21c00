namespace Telar.Subprocesses;

internal sealed record DevNullStdio : Stdio;
