namespace Telar.Concurrent.Futures.Submitting;

// Invariants
//   I1  onDrained is told after Close: by it when there is no call or all are to end soon, else by the call that leaves last.
//   I2  Drained ends when the executor is closed and the last call has left.
// Locks
//   _lock guards _calls, _isClosed, _isTold. It is a leaf: calls are ended, and onDrained is called, outside it.

/// <summary>The governed calls of an executor that have not ended. They hand calls to it as long as they last, so it must stay open for them.</summary>
/// <param name="onDrained">Told when none of them will hand over a call any more; gets whether the pending calls are to be cancelled.</param>
internal sealed class GovernedCalls(Action<bool> onDrained)
{
    private readonly Lock _lock = new();
    private readonly HashSet<IGovernedCall> _calls = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isClosed;
    private bool _isTold;

    /// <summary>Whether the executor takes no new calls.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Ends when the executor is closed and all these calls have ended.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Adds a call.</summary>
    /// <returns>False: the executor takes none any more.</returns>
    public bool TryEnter(IGovernedCall call)
    {
        lock (_lock)
        {
            return !_isClosed && _calls.Add(call);
        }
    }

    /// <summary>The call has ended.</summary>
    public void Leave(IGovernedCall call)
    {
        bool isLast;
        bool tells;
        lock (_lock)
        {
            isLast = _calls.Remove(call) && _isClosed && _calls.Count == 0;
            tells = isLast && !_isTold;
            _isTold |= tells;
        }

        if (tells)
        {
            onDrained(false);
        }

        if (isLast)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>The executor takes no more calls.</summary>
    /// <param name="cancel">Whether calls that have not begun are to be cancelled, and no others are to be repeated.</param>
    public void Close(bool cancel)
    {
        IGovernedCall[] ending;
        bool isEmpty;
        bool tells;
        lock (_lock)
        {
            _isClosed = true;
            ending = cancel ? [.. _calls] : [];
            isEmpty = _calls.Count == 0;
            tells = cancel || (isEmpty && !_isTold);
            _isTold |= tells;
        }

        foreach (IGovernedCall call in ending)
        {
            call.EndSoon();
        }

        if (tells)
        {
            onDrained(cancel);
        }

        if (isEmpty)
        {
            _drained.TrySetResult();
        }
    }
}
