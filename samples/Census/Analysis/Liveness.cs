namespace Census.Analysis;

using System.Collections.Immutable;
using System.Reflection.Metadata;

/// <summary>Which locals still matter where: stores that nobody reads, and how many values are alive at once.</summary>
/// <remarks>
/// Ordinary backward data flow. What it cannot follow counts as always alive: locals whose address was taken,
/// and those that a handler reads, since an exception may come from any place of the block that it protects.
/// </remarks>
internal sealed class Liveness
{
    // 32 MB. No compiler makes a method so large, but a damaged file may claim to be one.
    private const long MostBits = 1 << 28;

    private readonly BitRows _atEntry = new();   // block -> locals alive where it begins
    private readonly BitRows _alive = new();     // one row: where the walk is now
    private readonly BitRows _always = new();    // one row

    public int DeadStores { get; private set; }

    public int MostAlive { get; private set; }

    public void Find(IlDecoder il, FlowGraph flow, ImmutableArray<ExceptionRegion> regions)
    {
        DeadStores = MostAlive = 0;
        int locals = CountLocals(il);
        if (locals == 0 || (long)locals * flow.BlockCount > MostBits)
        {
            return;
        }

        _atEntry.Reset(flow.BlockCount, locals);
        _alive.Reset(1, locals);
        _always.Reset(1, locals);
        FindAlways(il, regions);
        while (SpreadBackwards(il, flow))
        {
        }

        for (int block = 0; block < flow.BlockCount; block++)
        {
            Walk(block, il, flow, measure: true);
        }
    }

    private static int CountLocals(IlDecoder il)
    {
        int locals = 0;
        foreach (Instruction instruction in il.Instructions)
        {
            LocalAccess access = LocalAccess.Of(instruction);
            locals = access.Does == LocalAccess.Kind.Nothing ? locals : Math.Max(locals, access.Local + 1);
        }

        return locals;
    }

    private void FindAlways(IlDecoder il, ImmutableArray<ExceptionRegion> regions)
    {
        foreach (Instruction instruction in il.Instructions)
        {
            LocalAccess access = LocalAccess.Of(instruction);
            if (access.Does == LocalAccess.Kind.TakeAddress
                || (access.Does == LocalAccess.Kind.Load && InHandler(instruction.Offset)))
            {
                _always.Set(0, access.Local);
            }
        }

        bool InHandler(int offset)
        {
            foreach (ExceptionRegion region in regions)
            {
                // A filter lies between its protected block and its handler.
                int start = region.Kind == ExceptionRegionKind.Filter ? region.FilterOffset : region.HandlerOffset;
                if (offset >= start && offset < region.HandlerOffset + region.HandlerLength)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private bool SpreadBackwards(IlDecoder il, FlowGraph flow)
    {
        bool changed = false;
        for (int block = flow.BlockCount - 1; block >= 0; block--)
        {
            Walk(block, il, flow, measure: false);
            changed |= _atEntry.Unite(block, _alive, 0);
        }

        return changed;
    }

    // From the end of the block to its beginning; leaves what is alive there in _alive.
    private void Walk(int block, IlDecoder il, FlowGraph flow, bool measure)
    {
        _alive.Clear(0);
        _alive.Unite(0, _always, 0);
        foreach (int successor in flow.Successors(block))
        {
            _alive.Unite(0, _atEntry, successor);
        }

        int first = flow.FirstInstruction(block, il);
        for (int i = flow.FirstInstruction(block + 1, il) - 1; i >= first; i--)
        {
            LocalAccess access = LocalAccess.Of(il.Instructions[i]);
            if (access.Does == LocalAccess.Kind.Load)
            {
                _alive.Set(0, access.Local);
                MostAlive = measure ? Math.Max(MostAlive, _alive.Count(0)) : MostAlive;
            }
            else if (access.Does == LocalAccess.Kind.Store && !_always.Has(0, access.Local))
            {
                DeadStores += measure && !_alive.Has(0, access.Local) ? 1 : 0;
                _alive.Remove(0, access.Local);
            }
        }
    }
}
