namespace Telar.Subprocesses;

internal sealed record LinesStdio(Action<string> Action) : Stdio;
