namespace Telar.Subprocesses;

internal sealed record InheritStdio : Stdio;
