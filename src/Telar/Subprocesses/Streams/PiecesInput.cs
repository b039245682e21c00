namespace Telar.Subprocesses;

internal sealed record PiecesInput(IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces) : Input;
