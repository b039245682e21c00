using System.Globalization;
using Telar.Queues;

namespace Telar.Concurrent.Interpreters;

// Invariants
//   I1  _endsAtOnce only goes from false to true, before the Clear of an immediate shutdown: from then on every Clear takes all.
//   I2  With the policy Remove, no item stays that was put before the Close of its interpreter: Close ends its life first and calls
//       RemoveUnbound then. What a thread that was left behind puts later, stays.

/// <summary>What is behind all <see cref="InterpreterQueue{T}"/> that are one queue: parcels, which belong to no interpreter.</summary>
internal sealed class InterpreterQueueCore : QueueBase<QueuedParcel>
{
    private readonly System.Collections.Generic.Queue<QueuedParcel> _items = new();
    private volatile bool _endsAtOnce;

    public InterpreterQueueCore(int maxSize, UnboundPolicy policy)
        : base(maxSize)
    {
        Policy = policy;
        Id = InterpreterRegistry.Add(this);
    }

    public long Id { get; }

    public UnboundPolicy Policy { get; }

    /// <summary>Takes out what closed interpreters have put, if that is the policy.</summary>
    public void RemoveUnbound()
    {
        if (Policy == UnboundPolicy.Remove)
        {
            Clear();
        }
    }

    public void ShutdownNow()
    {
        _endsAtOnce = true;
        Shutdown(immediate: true);
    }

    // What users have in their hands is the queue and not this.
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"InterpreterQueue {Id} ({Count}{(MaxSize > 0 ? $" of {MaxSize}" : "")} items{(IsShutDown ? ", shut down" : "")})");

    protected override int CountCore() => _items.Count;

    protected override void PutCore(QueuedParcel item) => _items.Enqueue(item);

    protected override QueuedParcel GetCore() => _items.Dequeue();

    protected override void ClearCore()
    {
        for (int left = _items.Count; left > 0; left--)
        {
            QueuedParcel item = _items.Dequeue();
            if (!_endsAtOnce && !item.Putter.HasEnded)
            {
                _items.Enqueue(item);
            }
        }
    }
}
