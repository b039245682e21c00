namespace Census.Analysis;

/// <summary>Groups of methods that can all reach one another: strongly connected components, by Tarjan's algorithm.</summary>
/// <remarks>With its own stack instead of recursion: call chains are longer than a thread's stack is deep.</remarks>
internal sealed class CallCycles
{
    private readonly (int Caller, int Callee)[] _calls;
    private readonly int[] _next;      // method -> its next call to follow
    private readonly int[] _found;     // method -> when it was found, from 1
    private readonly int[] _lowest;    // method -> earliest found method that it can reach
    private readonly bool[] _waits;
    private readonly Stack<int> _path = [];
    private readonly Stack<int> _waiting = [];

    /// <param name="methods">How many methods; they are numbered from 1.</param>
    /// <param name="calls">All calls, ordered by caller.</param>
    public CallCycles(int methods, (int Caller, int Callee)[] calls)
    {
        _calls = calls;
        (_next, _found, _lowest) = (new int[methods + 1], new int[methods + 1], new int[methods + 1]);
        _waits = new bool[methods + 1];
        for (int i = calls.Length - 1; i >= 0; i--)
        {
            _next[calls[i].Caller] = i;
        }
    }

    /// <returns>The groups of two and more.</returns>
    public IEnumerable<List<int>> Find()
    {
        int clock = 0;
        foreach ((int root, int _) in _calls)
        {
            Enter(root, ref clock);
            while (_path.TryPeek(out int method))
            {
                if (NextCallee(method) is int callee)
                {
                    Follow(method, callee, ref clock);
                }
                else if (Close(method) is { Count: > 1 } cycle)
                {
                    yield return cycle;
                }
            }
        }
    }

    private int? NextCallee(int method) =>
        _next[method] < _calls.Length && _calls[_next[method]].Caller == method ? _calls[_next[method]++].Callee : null;

    private void Enter(int method, ref int clock)
    {
        if (_found[method] == 0)
        {
            _found[method] = _lowest[method] = ++clock;
            _waits[method] = true;
            _waiting.Push(method);
            _path.Push(method);
        }
    }

    private void Follow(int method, int callee, ref int clock)
    {
        if (_waits[callee])
        {
            _lowest[method] = Math.Min(_lowest[method], _found[callee]);
        }

        Enter(callee, ref clock);
    }

    private List<int>? Close(int method)
    {
        _path.Pop();
        if (_path.TryPeek(out int caller))
        {
            _lowest[caller] = Math.Min(_lowest[caller], _lowest[method]);
        }

        if (_lowest[method] != _found[method])
        {
            return null;
        }

        List<int> cycle = [];
        int member;
        do
        {
            member = _waiting.Pop();
            _waits[member] = false;
            cycle.Add(member);
        }
        while (member != method);
        return cycle;
    }
}
