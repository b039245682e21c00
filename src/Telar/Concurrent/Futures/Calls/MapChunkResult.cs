namespace Telar.Concurrent.Futures.Calls;

/// <summary>What became of a chunk of items.</summary>
/// <param name="Values">The results, up to the item that threw an exception if one did.</param>
/// <param name="Error">The exception of the next item; the rest of the chunk was not run.</param>
/// <param name="RunTime">How long it took, where it ran.</param>
internal readonly record struct MapChunkResult<TResult>(TResult[] Values, Exception? Error, TimeSpan RunTime) : IPartialResult;
