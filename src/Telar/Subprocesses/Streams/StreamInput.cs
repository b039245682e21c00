namespace Telar.Subprocesses;

internal sealed record StreamInput(Stream Source) : Input;
