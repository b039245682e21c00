using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;
using Telar.Queues.Waiting;

namespace Telar.Queues;

public abstract partial class QueueBase<T>
{
    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter)
    {
        Enter();
        bool withdrawn = ListOf((WaitKind)waiter.Tag).TryRemove(waiter);
        if (withdrawn)
        {
            _waiting--;
        }

        Exit();
        return withdrawn;
    }

    private void Enlist_NeedsMutex(Waiter waiter, WaitKind kind)
    {
        waiter.Tag = (int)kind;
        ListOf(kind).Append(waiter);
        _waiting++;
    }

    /// <summary>
    /// Gives items to those who wait to get, and places to those who wait to put, as long as there are any: this restores the invariants
    /// after every change. Each turn of its loops serves a waiter, so it ends.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Serve_NeedsMutex(ref WaitChain served)
    {
        while (_waiting != 0)
        {
            if (_count > 0 && !_getters.IsEmpty)
            {
                ServeGetter_NeedsMutex(ref served);
            }
            else if (_count < _limit && !_putters.IsEmpty)
            {
                ServePutter_NeedsMutex(ref served);
            }
            else
            {
                break;
            }
        }

        if (_waiting != 0)
        {
            ServeWatchers_NeedsMutex(ref served);
        }

        if (_isShutDown && _count == 0)
        {
            RefuseAll_NeedsMutex(ref _getters, ref served);
            RefuseAll_NeedsMutex(ref _readWatchers, ref served);
            served.Ended = _ended;
            served.Failure = _failure;
        }
    }

    private void ServeGetter_NeedsMutex(ref WaitChain served)
    {
        Waiter getter = TakeFirst_NeedsMutex(ref _getters);
        ItemPlace<T> place = Unsafe.As<ItemPlace<T>>(getter.Payload!); // every waiter of this list has one
        if (!place.TryClaim())
        {
            return; // a selection that another queue has served
        }

        try
        {
            place.Item = Take_NeedsMutex();
        }
        catch (Exception failure)
        {
            // The hook failed for the one who would have got the item: he is told, and the item stays for the next.
            place.Error = failure;
        }

        served.Add(getter, isGranted: true);
    }

    private void ServePutter_NeedsMutex(ref WaitChain served)
    {
        Waiter putter = TakeFirst_NeedsMutex(ref _putters);
        ItemPlace<T> place = Unsafe.As<ItemPlace<T>>(putter.Payload!); // every waiter of this list has one
        try
        {
            Store_NeedsMutex(place.Item);
        }
        catch (Exception failure)
        {
            // The hook refused the item of the one who waited: he is told, not the one whose call made room.
            place.Error = failure;
        }

        served.Add(putter, isGranted: true);
    }

    private void ServeWatchers_NeedsMutex(ref WaitChain served)
    {
        if (_count > 0)
        {
            GrantAll_NeedsMutex(ref _readWatchers, ref served);
        }

        if (_count < _limit)
        {
            GrantAll_NeedsMutex(ref _writeWatchers, ref served);
        }

        if (_unfinished == 0)
        {
            GrantAll_NeedsMutex(ref _joiners, ref served);
        }
    }

    private Waiter TakeFirst_NeedsMutex(ref WaitQueue list)
    {
        _waiting--;
        return list.TakeFirst()!; // the caller has looked
    }

    private void GrantAll_NeedsMutex(ref WaitQueue list, ref WaitChain served)
    {
        while (!list.IsEmpty)
        {
            served.Add(TakeFirst_NeedsMutex(ref list), isGranted: true);
        }
    }

    private void RefuseAll_NeedsMutex(ref WaitQueue list, ref WaitChain served)
    {
        while (!list.IsEmpty)
        {
            served.Add(TakeFirst_NeedsMutex(ref list), isGranted: false);
        }
    }

    private ref WaitQueue ListOf(WaitKind kind)
    {
        switch (kind)
        {
            case WaitKind.Get:
                return ref _getters;
            case WaitKind.Put:
                return ref _putters;
            case WaitKind.Join:
                return ref _joiners;
            case WaitKind.Readable:
                return ref _readWatchers;
            default:
                return ref _writeWatchers;
        }
    }
}
