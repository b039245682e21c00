using Telar.Litmus.Harness;

namespace Telar.Litmus.Mutants;

// Invariants
//   As those of the ring of Telar's queues (docs/design/queues.md#two-ends), but for the one that is broken on purpose.

/// <summary>A queue with a lock at each end, as Telar's plain queues are made, and one fault.</summary>
/// <param name="enlistsAtOneEnd">Who begins to wait holds the lock of the gets only: a put that has looked for waiters just before passes him by.</param>
internal sealed class TwoEndedQueue(bool enlistsAtOneEnd) : IItems
{
    private const int Length = 64;

    private readonly System.Threading.Lock _puts = new();
    private readonly System.Threading.Lock _gets = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly int[] _items = new int[Length];
    private long _head;
    private long _tail;
    private int _waiting;

    public void Put(int item)
    {
        bool wakes;
        lock (_puts)
        {
            wakes = _waiting > 0;
            _waiting -= wakes ? 1 : 0;
            _items[_tail % Length] = item;
            Volatile.Write(ref _tail, _tail + 1);
        }

        if (wakes)
        {
            _wake.Release();
        }
    }

    public bool TryGet(out int item)
    {
        lock (_gets)
        {
            item = -1;
            bool isThere = _head < Volatile.Read(ref _tail);
            if (isThere)
            {
                item = _items[_head % Length];
                Volatile.Write(ref _head, _head + 1);
            }

            return isThere;
        }
    }

    public bool Get(TimeSpan patience, out int item)
    {
        while (!TryGet(out item))
        {
            if (Enlist() && !_wake.Wait(patience))
            {
                return false;
            }
        }

        return true;
    }

    private bool Enlist()
    {
        if (enlistsAtOneEnd)
        {
            return EnlistWhenEmpty();
        }

        lock (_puts)
        {
            return EnlistWhenEmpty();
        }
    }

    private bool EnlistWhenEmpty()
    {
        lock (_gets)
        {
            bool isEmpty = _head == Volatile.Read(ref _tail);
            _waiting += isEmpty ? 1 : 0;
            return isEmpty;
        }
    }
}
