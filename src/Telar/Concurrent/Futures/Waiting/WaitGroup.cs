namespace Telar.Concurrent.Futures.Waiting;

// Invariants
//   I1  _open counts the futures that have not told this group of their end; each tells once, because it is added to each once.

/// <summary>Waits for several futures until enough of them have ended.</summary>
internal sealed class WaitGroup : IFutureWaiter
{
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReturnWhen _returnWhen;
    private int _open;

    /// <summary>Joins all <paramref name="futures"/>, which must be distinct.</summary>
    public WaitGroup(IReadOnlyCollection<Future> futures, ReturnWhen returnWhen)
    {
        _returnWhen = returnWhen;
        _open = futures.Count;
        if (_open == 0)
        {
            _enough.SetResult();
        }

        foreach (Future future in futures)
        {
            if (!future.AddWaiter(this))
            {
                Notify(future);
            }
        }
    }

    public bool RunsUserCode => false;

    /// <summary>Ends when enough futures have ended.</summary>
    public Task Enough => _enough.Task;

    public void Notify(Future future)
    {
        bool isEnough = _returnWhen switch
        {
            ReturnWhen.FirstCompleted => true,
            ReturnWhen.FirstException => future.IsFailed,
            _ => false,
        };
        if (Interlocked.Decrement(ref _open) == 0 || isEnough)
        {
            _enough.TrySetResult();
        }
    }

    /// <summary>Leaves the futures that have not ended.</summary>
    public void Leave(IEnumerable<Future> futures)
    {
        foreach (Future future in futures)
        {
            future.RemoveWaiter(this);
        }
    }
}
