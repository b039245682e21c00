namespace Telar.Concurrent.Futures.Waiting;

/// <summary>Something that a future tells of its start as well as of its end.</summary>
/// <remarks>Of a start that came before it was added it is not told: whoever adds it looks at <c>HasRun</c> afterwards.</remarks>
internal interface IStartWaiter : IFutureWaiter
{
    /// <summary>Called on the thread that started <paramref name="future"/>, without any lock. Must not throw.</summary>
    void NotifyStart(Future future);
}
