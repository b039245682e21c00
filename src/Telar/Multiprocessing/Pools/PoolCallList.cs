namespace Telar.Multiprocessing.Pools;

/// <summary>A list of calls linked through themselves; a call is in at most one.</summary>
internal sealed class PoolCallList
{
    public PoolCall? First { get; private set; }

    public PoolCall? Last { get; private set; }

    public int Count { get; private set; }

    /// <summary>Appends a call.</summary>
    public void AddLast(PoolCall call) => InsertBefore(call, null);

    /// <summary>Puts a call back at its place in the order of submission.</summary>
    /// <param name="call">The call.</param>
    /// <param name="from">
    /// A call of this list from which to search if it is older, so that a batch goes back in one pass; otherwise from the
    /// front, where calls that were sent once belong.
    /// </param>
    public void InsertByAge(PoolCall call, PoolCall? from)
    {
        PoolCall? successor = from?.Id < call.Id ? from : First;
        while (successor is not null && successor.Id < call.Id)
        {
            successor = successor.Next;
        }

        InsertBefore(call, successor);
    }

    /// <summary>Removes a call of this list.</summary>
    public void Remove(PoolCall call)
    {
        if (call.Previous is null)
        {
            First = call.Next;
        }
        else
        {
            call.Previous.Next = call.Next;
        }

        if (call.Next is null)
        {
            Last = call.Previous;
        }
        else
        {
            call.Next.Previous = call.Previous;
        }

        call.Next = call.Previous = null;
        Count--;
    }

    private void InsertBefore(PoolCall call, PoolCall? successor)
    {
        PoolCall? predecessor = successor is null ? Last : successor.Previous;
        call.Next = successor;
        call.Previous = predecessor;
        if (predecessor is null)
        {
            First = call;
        }
        else
        {
            predecessor.Next = call;
        }

        if (successor is null)
        {
            Last = call;
        }
        else
        {
            successor.Previous = call;
        }

        Count++;
    }
}
