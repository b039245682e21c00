namespace Telar.Subprocesses;

internal sealed record MergeStdio : Stdio;
