using System.Diagnostics;

namespace Telar.Internal.Waiting;

// Invariants
//   I1  A waiter is linked here  <=>  its IsQueued is true. The owner's latch guards both, and all members.

/// <summary>Waiters in the order of their arrival. Taking one out, from anywhere, costs no search.</summary>
/// <remarks>
/// <para>A field of its owner; never copied, never read-only.</para>
/// <para><b>Thread safety.</b> None of its own: the owner's latch guards every member but <see cref="Count"/>.</para>
/// </remarks>
internal struct WaitQueue
{
    private Waiter? _first;
    private Waiter? _last;
    private int _count;

    /// <summary>Who has waited longest.</summary>
    internal readonly Waiter? First => _first;

    /// <summary>How many wait. May be read without the latch, as a snapshot.</summary>
    internal readonly int Count => _count;

    /// <summary>Whether nobody waits.</summary>
    internal readonly bool IsEmpty => _first is null;

    /// <summary>Puts a waiter at the end.</summary>
    internal void Append(Waiter waiter)
    {
        Debug.Assert(!waiter.IsQueued, "A waiter is in one queue at a time.");
        waiter.IsQueued = true;
        waiter.Next = null;
        waiter.Previous = _last;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        _count++;
    }

    /// <summary>Puts a waiter before all others: it was woken to try, and came too late.</summary>
    internal void Prepend(Waiter waiter)
    {
        Debug.Assert(!waiter.IsQueued, "A waiter is in one queue at a time.");
        waiter.IsQueued = true;
        waiter.Previous = null;
        waiter.Next = _first;
        if (_first is null)
        {
            _last = waiter;
        }
        else
        {
            _first.Previous = waiter;
        }

        _first = waiter;
        _count++;
    }

    /// <summary>Takes out the one that has waited longest.</summary>
    /// <returns>The waiter, which the caller must complete; <see langword="null"/> when nobody waits.</returns>
    internal Waiter? TakeFirst()
    {
        Waiter? first = _first;
        if (first is not null)
        {
            Remove(first);
        }

        return first;
    }

    /// <summary>Takes out up to <paramref name="count"/>, linked by <see cref="Waiter.Next"/> in their order.</summary>
    /// <returns>The first of them, for <see cref="Waiter.CompleteAll"/>; <see langword="null"/> when nobody waits.</returns>
    internal Waiter? TakeAll(int count = int.MaxValue)
    {
        Waiter? first = _first;
        Waiter? taken = null;
        Waiter? rest = first;
        for (; rest is not null && count > 0; count--)
        {
            rest.IsQueued = false;
            rest.Previous = null;
            taken = rest;
            rest = rest.Next;
            _count--;
        }

        if (taken is null)
        {
            return null;
        }

        taken.Next = null;
        _first = rest;
        if (rest is null)
        {
            _last = null;
        }
        else
        {
            rest.Previous = null;
        }

        return first;
    }

    /// <summary>Takes out a waiter if it is still here.</summary>
    /// <returns>Whether it was: then the caller alone ends its wait.</returns>
    internal bool TryRemove(Waiter waiter)
    {
        if (!waiter.IsQueued)
        {
            return false;
        }

        Remove(waiter);
        return true;
    }

    private void Remove(Waiter waiter)
    {
        Waiter? previous = waiter.Previous;
        Waiter? next = waiter.Next;
        if (previous is null)
        {
            _first = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        waiter.Next = null;
        waiter.Previous = null;
        waiter.IsQueued = false;
        _count--;
    }
}
