using System.Collections.Concurrent;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Mutants;

// Invariants
//   None holds, on purpose: a consumer that comes between the look at the waiters and the item sleeps on beside it.

/// <summary>A queue that looks whether somebody waits before it publishes the item.</summary>
internal sealed class HastyQueue : IItems
{
    private readonly ConcurrentQueue<int> _items = new();
    private readonly SemaphoreSlim _wake = new(0);
    private int _waiting;

    public void Put(int item)
    {
        bool wakes = Volatile.Read(ref _waiting) > 0;
        _items.Enqueue(item);
        if (wakes)
        {
            _wake.Release();
        }
    }

    public bool TryGet(out int item) => _items.TryDequeue(out item);

    public bool Get(TimeSpan patience, out int item)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            while (!TryGet(out item))
            {
                if (!_wake.Wait(patience))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
