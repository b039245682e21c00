namespace Telar.Subprocesses;

internal sealed record TeeStdio(IReadOnlyList<Stdio> Targets) : Stdio;
