namespace Census.Analysis;

using System.Collections.Immutable;
using System.Reflection.Metadata;

/// <summary>Runs a method on numbers of values instead of values: how full does the evaluation stack get?</summary>
internal sealed class StackDepth(CallTargets targets)
{
    private const int Unknown = -1;

    private readonly Stack<int> _open = [];
    private int[] _atEntry = [];

    public int Measure(IlDecoder il, FlowGraph flow, ImmutableArray<ExceptionRegion> regions)
    {
        if (_atEntry.Length < flow.BlockCount)
        {
            _atEntry = new int[flow.BlockCount];
        }

        Array.Fill(_atEntry, Unknown, 0, flow.BlockCount);
        foreach (ExceptionRegion region in regions)
        {
            bool givesException = region.Kind is ExceptionRegionKind.Catch or ExceptionRegionKind.Filter;
            Enter(flow.BlockAt(region.HandlerOffset), givesException ? 1 : 0);
            if (region.Kind == ExceptionRegionKind.Filter)
            {
                Enter(flow.BlockAt(region.FilterOffset), 1);
            }
        }

        Enter(0, 0);
        int deepest = 0;
        while (_open.TryPop(out int block))
        {
            deepest = Math.Max(deepest, Run(block, il, flow));
        }

        return deepest;
    }

    private int Run(int block, IlDecoder il, FlowGraph flow)
    {
        int depth = _atEntry[block];
        int deepest = depth;
        int end = flow.FirstInstruction(block + 1, il);
        for (int i = flow.FirstInstruction(block, il); i < end; i++)
        {
            Instruction instruction = il.Instructions[i];
            bool empties = instruction.Opcode == Opcodes.Leave || instruction.Opcode == Opcodes.LeaveShort;
            depth = empties ? 0 : Math.Max(0, depth + Delta(instruction));
            deepest = Math.Max(deepest, depth);
        }

        foreach (int successor in flow.Successors(block))
        {
            Enter(successor, depth);
        }

        return deepest;
    }

    private void Enter(int block, int depth)
    {
        if (_atEntry[block] == Unknown)
        {
            _atEntry[block] = depth;
            _open.Push(block);
        }
    }

    private int Delta(Instruction instruction)
    {
        ref readonly Opcode opcode = ref Opcodes.At(instruction.Opcode);
        if (instruction.Opcode == Opcodes.CallIndirect)
        {
            SignatureShape indirect = targets.ResolveSignature(instruction.Token);
            return indirect.Results - indirect.Parameters - indirect.This - 1;
        }

        if (!opcode.IsCall)
        {
            return opcode.StackDelta;
        }

        SignatureShape called = targets.Resolve(instruction.Token).Signature;
        return instruction.Opcode == Opcodes.NewObject
            ? 1 - called.Parameters
            : called.Results - called.Parameters - called.This;
    }
}
