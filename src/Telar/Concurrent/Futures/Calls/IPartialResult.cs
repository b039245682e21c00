namespace Telar.Concurrent.Futures.Calls;

/// <summary>A result that may tell of a failure instead of a call that throws.</summary>
internal interface IPartialResult
{
    /// <summary>The exception of a part; null when all went well.</summary>
    Exception? Error { get; }
}
