namespace Census.Analysis;

/// <summary>The edges of a flow graph, backwards.</summary>
internal sealed class Predecessors
{
    private int[] _first = [];
    private int[] _blocks = [];

    public ReadOnlySpan<int> Of(int block) => _blocks.AsSpan(_first[block].._first[block + 1]);

    public void Build(FlowGraph flow)
    {
        int count = flow.BlockCount;
        Array.Resize(ref _first, Math.Max(_first.Length, count + 2));
        Array.Resize(ref _blocks, Math.Max(_blocks.Length, flow.EdgeCount));
        Array.Clear(_first, 0, count + 2);

        // Count two places ahead, so that filling in moves every start to where it belongs.
        for (int block = 0; block < count; block++)
        {
            foreach (int successor in flow.Successors(block))
            {
                _first[successor + 2]++;
            }
        }

        for (int block = 2; block <= count; block++)
        {
            _first[block] += _first[block - 1];
        }

        for (int block = 0; block < count; block++)
        {
            foreach (int successor in flow.Successors(block))
            {
                _blocks[_first[successor + 1]++] = block;
            }
        }
    }
}
