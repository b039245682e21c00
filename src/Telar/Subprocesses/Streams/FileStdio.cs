namespace Telar.Subprocesses;

internal sealed record FileStdio(string Path, bool Append) : Stdio;
