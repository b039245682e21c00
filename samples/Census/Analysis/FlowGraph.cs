namespace Census.Analysis;

using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Runtime.InteropServices;

/// <summary>The basic blocks of a method and where control goes from each. Used again for the next method.</summary>
internal sealed class FlowGraph
{
    private const int NoInstruction = -1;
    private const int Leader = -2;

    private readonly List<int> _starts = [];
    private readonly List<int> _edges = [];
    private readonly List<int> _firstEdges = [];
    private int[] _blockAt = []; // by offset: NoInstruction, or the block that the instruction is in
    private int _length;

    public int BlockCount => _starts.Count;

    public int EdgeCount => _edges.Count;

    /// <summary>How many ways on there are beyond the first, over all branches.</summary>
    public int Decisions { get; private set; }

    public ReadOnlySpan<int> Successors(int block) =>
        CollectionsMarshal.AsSpan(_edges)[_firstEdges[block].._firstEdges[block + 1]];

    /// <summary>The index of the first instruction of a block; that of the block behind the last is the end.</summary>
    public int FirstInstruction(int block, IlDecoder il) => block < BlockCount ? _starts[block] : il.Instructions.Count;

    /// <exception cref="BadImageFormatException">No instruction begins at this offset.</exception>
    public int BlockAt(int offset) =>
        (uint)offset < (uint)_length && _blockAt[offset] != NoInstruction
            ? _blockAt[offset]
            : throw new BadImageFormatException($"control goes to IL_{offset:X4}, where no instruction begins");

    public void Build(IlDecoder il, ImmutableArray<ExceptionRegion> regions, int length)
    {
        FindBlocks(il, regions, length);
        Decisions = 0;
        _edges.Clear();
        _firstEdges.Clear();
        for (int block = 0; block < BlockCount; block++)
        {
            _firstEdges.Add(_edges.Count);
            AddEdges(block, il.Instructions[FirstInstruction(block + 1, il) - 1], il);
            AddHandlers(block, regions);
        }

        _firstEdges.Add(_edges.Count);
    }

    private void FindBlocks(IlDecoder il, ImmutableArray<ExceptionRegion> regions, int length)
    {
        if (_blockAt.Length < length)
        {
            _blockAt = new int[length];
        }

        _length = length;
        _blockAt.AsSpan(0, length).Fill(NoInstruction);
        il.Instructions.ForEach(instruction => _blockAt[instruction.Offset] = 0);
        il.Targets.ForEach(Lead);
        foreach (ExceptionRegion region in regions)
        {
            Lead(region.TryOffset);
            Lead(region.HandlerOffset);
            if (region.Kind == ExceptionRegionKind.Filter)
            {
                Lead(region.FilterOffset);
            }
        }

        _starts.Clear();
        bool leads = true;
        for (int i = 0; i < il.Instructions.Count; i++)
        {
            Instruction instruction = il.Instructions[i];
            if (leads || _blockAt[instruction.Offset] == Leader)
            {
                _starts.Add(i);
            }

            _blockAt[instruction.Offset] = _starts.Count - 1;
            leads = EndsBlock(Opcodes.At(instruction.Opcode).Flow);
        }

        void Lead(int offset)
        {
            _ = BlockAt(offset);
            _blockAt[offset] = Leader;
        }
    }

    private void AddEdges(int block, Instruction last, IlDecoder il)
    {
        FlowControl flow = Opcodes.At(last.Opcode).Flow;
        for (int i = 0; i < last.TargetCount; i++)
        {
            _edges.Add(BlockAt(il.Targets[last.FirstTarget + i]));
        }

        Decisions += flow == FlowControl.Cond_Branch ? last.TargetCount : 0;
        bool goesOn = flow is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);
        if (goesOn && block + 1 < BlockCount)
        {
            _edges.Add(block + 1);
        }
    }

    // An exception may leave a protected block anywhere; that its handler can be reached from the entry is enough here.
    private void AddHandlers(int block, ImmutableArray<ExceptionRegion> regions)
    {
        foreach (ExceptionRegion region in regions)
        {
            if (BlockAt(region.TryOffset) == block)
            {
                _edges.Add(BlockAt(region.Kind == ExceptionRegionKind.Filter ? region.FilterOffset : region.HandlerOffset));
                _edges.Add(BlockAt(region.HandlerOffset));
            }
        }
    }

    private static bool EndsBlock(FlowControl flow) =>
        flow is FlowControl.Branch or FlowControl.Cond_Branch or FlowControl.Return or FlowControl.Throw;
}
