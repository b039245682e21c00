namespace Telar.Subprocesses;

internal sealed record StreamStdio(Stream Target) : Stdio;
