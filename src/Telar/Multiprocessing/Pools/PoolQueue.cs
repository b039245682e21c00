namespace Telar.Multiprocessing.Pools;

// Invariants
//   I1  Each list holds the calls of one priority, sorted by Id; all but _usual, that of priority 0, are in _ranked and not empty.
//   I2  _first is the list of the highest priority that has calls; _usual when there is none.

/// <summary>The calls that wait for a worker: by priority, and in the order of submission among equals.</summary>
internal sealed class PoolQueue
{
    private static readonly Comparer<int> s_highestFirst = Comparer<int>.Create(static (left, right) => right.CompareTo(left));

    private readonly PoolCallList _usual = new();
    private readonly SortedDictionary<int, PoolCallList> _ranked = new(s_highestFirst);
    private PoolCallList _first;

    public PoolQueue() => _first = _usual;

    /// <value>The call that is to be sent next; <see langword="null"/> when none waits.</value>
    public PoolCall? First => _first.First;

    public int Count { get; private set; }

    /// <summary>Appends a call to those of its priority.</summary>
    public void AddLast(PoolCall call)
    {
        ListOf(call.Priority).AddLast(call);
        Added(call);
    }

    /// <summary>Puts a call back at its place in the order of submission among those of its priority.</summary>
    /// <param name="call">The call.</param>
    /// <param name="from">A call of this queue from which to search if it is older and of the same priority; see <see cref="PoolCallList"/>.</param>
    public void InsertByAge(PoolCall call, PoolCall? from)
    {
        ListOf(call.Priority).InsertByAge(call, from?.Priority == call.Priority ? from : null);
        Added(call);
    }

    /// <summary>Removes a call of this queue.</summary>
    public void Remove(PoolCall call)
    {
        PoolCallList list = ListOf(call.Priority);
        list.Remove(call);
        Count--;
        if (list.Count > 0)
        {
            return;
        }

        if (list != _usual)
        {
            _ranked.Remove(call.Priority);
        }

        if (list == _first)
        {
            _first = Highest();
        }
    }

    /// <summary>All calls, in the order in which they will be sent. For tests.</summary>
    public IEnumerable<PoolCall> Calls()
    {
        foreach (PoolCallList list in _ranked.Where(static rank => rank.Key > 0).Select(static rank => rank.Value)
            .Append(_usual)
            .Concat(_ranked.Where(static rank => rank.Key < 0).Select(static rank => rank.Value)))
        {
            for (PoolCall? call = list.First; call is not null; call = call.Next)
            {
                yield return call;
            }
        }
    }

    private PoolCallList ListOf(int priority)
    {
        if (priority == 0)
        {
            return _usual;
        }

        if (!_ranked.TryGetValue(priority, out PoolCallList? list))
        {
            list = new PoolCallList();
            _ranked.Add(priority, list);
        }

        return list;
    }

    private void Added(PoolCall call)
    {
        Count++;
        if (_first.First is not { } first || first.Priority < call.Priority)
        {
            _first = ListOf(call.Priority);
        }
    }

    private PoolCallList Highest()
    {
        if (_ranked.Count == 0)
        {
            return _usual; // Nearly always, and an enumerator costs memory.
        }

        foreach ((int priority, PoolCallList list) in _ranked)
        {
            return priority > 0 || _usual.Count == 0 ? list : _usual;
        }

        return _usual;
    }
}
