namespace Census.Analysis;

/// <summary>Finds the loops of a method and how deep they nest: natural loops, by dominators.</summary>
/// <remarks>The dominators are found as in Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm".</remarks>
internal sealed class LoopFinder
{
    private const int Unknown = -1;

    private readonly List<int> _order = [];           // blocks that can be reached, each before its successors but for loops
    private readonly Stack<(int Block, int Next)> _path = [];
    private readonly Stack<int> _flood = [];
    private readonly SortedDictionary<int, List<int>> _tails = [];
    private readonly Predecessors _predecessors = new();
    private int[] _rank = [];                         // block -> place in _order
    private int[] _dominators = [];                   // place -> place of the immediate dominator
    private int[] _depth = [];                        // block -> loops that it is in
    private int[] _mark = [];                         // block -> last loop that it was found to be in

    /// <summary>Loops in the method.</summary>
    public int Count { get; private set; }

    /// <summary>The most loops that one block is in.</summary>
    public int Depth { get; private set; }

    public void Find(FlowGraph flow)
    {
        Count = Depth = 0;
        if (!Order(flow))
        {
            return; // nothing goes back: no loop, and most methods
        }

        _predecessors.Build(flow);
        FindDominators();
        FindTails(flow);
        foreach ((int header, List<int> tails) in _tails)
        {
            Count++;
            MarkLoop(header, tails);
        }
    }

    /// <summary>Reverse postorder from the entry.</summary>
    /// <returns>Whether an edge goes back in it.</returns>
    private bool Order(FlowGraph flow)
    {
        Fit(flow.BlockCount);
        _order.Clear();
        bool goesBack = false;
        Visit(0);
        while (_path.TryPop(out (int Block, int Next) top))
        {
            ReadOnlySpan<int> successors = flow.Successors(top.Block);
            if (top.Next == successors.Length)
            {
                _order.Add(top.Block);
                _mark[top.Block] = 0;
                continue;
            }

            _path.Push((top.Block, top.Next + 1));
            int successor = successors[top.Next];
            goesBack |= _mark[successor] == 1; // still on the path
            Visit(successor);
        }

        _order.Reverse();
        for (int place = 0; place < _order.Count; place++)
        {
            _rank[_order[place]] = place;
        }

        return goesBack;

        void Visit(int block)
        {
            if (_mark[block] == Unknown)
            {
                _mark[block] = 1;
                _path.Push((block, 0));
            }
        }
    }

    private void FindDominators()
    {
        Array.Fill(_dominators, Unknown, 0, _order.Count);
        _dominators[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int place = 1; place < _order.Count; place++)
            {
                int dominator = Unknown;
                foreach (int predecessor in _predecessors.Of(_order[place]))
                {
                    int other = _rank[predecessor];
                    if (other != Unknown && _dominators[other] != Unknown)
                    {
                        dominator = dominator == Unknown ? other : Meet(dominator, other);
                    }
                }

                changed |= _dominators[place] != dominator;
                _dominators[place] = dominator;
            }
        }
    }

    private int Meet(int a, int b)
    {
        while (a != b)
        {
            (a, b) = a > b ? (_dominators[a], b) : (a, _dominators[b]);
        }

        return a;
    }

    private void FindTails(FlowGraph flow)
    {
        _tails.Clear();
        foreach (int block in _order)
        {
            foreach (int header in flow.Successors(block))
            {
                if (_rank[header] <= _rank[block] && Meet(_rank[header], _rank[block]) == _rank[header])
                {
                    _tails.TryAdd(header, []);
                    _tails[header].Add(block);
                }
            }
        }
    }

    private void MarkLoop(int header, List<int> tails)
    {
        int loop = Count + 1; // 0 and 1 were used by Order
        Enter(header, flood: false);
        tails.ForEach(tail => Enter(tail, flood: true));
        while (_flood.TryPop(out int block))
        {
            foreach (int predecessor in _predecessors.Of(block))
            {
                Enter(predecessor, flood: true);
            }
        }

        void Enter(int block, bool flood)
        {
            if (_rank[block] == Unknown || _mark[block] == loop)
            {
                return;
            }

            _mark[block] = loop;
            Depth = Math.Max(Depth, ++_depth[block]);
            if (flood)
            {
                _flood.Push(block);
            }
        }
    }

    private void Fit(int blocks)
    {
        if (_rank.Length < blocks)
        {
            (_rank, _dominators, _depth, _mark) = (new int[blocks], new int[blocks], new int[blocks], new int[blocks]);
        }

        Array.Fill(_rank, Unknown, 0, blocks);
        Array.Fill(_mark, Unknown, 0, blocks);
        Array.Clear(_depth, 0, blocks);
    }
}
