namespace Telar.Subprocesses;

internal sealed record BytesInput(ReadOnlyMemory<byte> Bytes) : Input;
