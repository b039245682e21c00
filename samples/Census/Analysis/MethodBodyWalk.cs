namespace Census.Analysis;

using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

/// <summary>Reads one method body after the other and adds up what is in them.</summary>
internal sealed class MethodBodyWalk(
    MetadataReader metadata, CallTargets targets, CallGraph graph, long[] counts, TopMethods[] rankings)
{
    private readonly IlDecoder _decoder = new();
    private readonly FlowGraph _flow = new();
    private readonly LoopFinder _loops = new();
    private readonly Liveness _liveness = new();
    private readonly StackDepth _stack = new(targets);
    private readonly HashSet<int> _callees = [];

    public long[] OpcodeCounts { get; } = new long[Opcodes.Count];

    public void Read(MethodDefinitionHandle method, MethodBodyBlock body)
    {
        BlobReader il = body.GetILReader();
        if (il.Length == 0)
        {
            return; // a body that a tool has emptied
        }

        _decoder.Decode(il);
        _flow.Build(_decoder, body.ExceptionRegions, il.Length);
        _loops.Find(_flow);
        _liveness.Find(_decoder, _flow, body.ExceptionRegions);

        CountInstructions(method);
        Add(Metric.MethodBodies, 1);
        Add(Metric.IlBytes, il.Length);
        Add(Metric.Instructions, _decoder.Instructions.Count);
        Add(Metric.BasicBlocks, _flow.BlockCount);
        Add(Metric.Branches, _flow.Decisions);
        Add(Metric.Handlers, body.ExceptionRegions.Length);
        Add(Metric.Loops, _loops.Count);
        Add(Metric.DeadStores, _liveness.DeadStores);

        Rank(Ranking.Size, method, il.Length);
        Rank(Ranking.Complexity, method, _flow.Decisions + 1);
        Rank(Ranking.LoopDepth, method, _loops.Depth);
        Rank(Ranking.StackDepth, method, _stack.Measure(_decoder, _flow, body.ExceptionRegions));
        Rank(Ranking.LiveLocals, method, _liveness.MostAlive);
        Rank(Ranking.Callees, method, _callees.Count);
    }

    private void CountInstructions(MethodDefinitionHandle method)
    {
        _callees.Clear();
        foreach (Instruction instruction in _decoder.Instructions)
        {
            OpcodeCounts[instruction.Opcode]++;
            ref readonly Opcode opcode = ref Opcodes.At(instruction.Opcode);
            if (opcode.Operand == OperandType.InlineString)
            {
                Add(Metric.StringLiterals, 1);
                Add(Metric.StringCharacters, Literal(instruction.Token).Length);
            }
            else if (opcode.IsCall)
            {
                CountCall(method, targets.Resolve(instruction.Token));
            }
        }
    }

    private void CountCall(MethodDefinitionHandle caller, CallTarget target)
    {
        targets.Count(target);
        Add(Metric.Calls, 1);
        _callees.Add(target.Identity);
        if (target.OwnMethod != 0)
        {
            Add(Metric.CallsWithin, 1);
            graph.Add(MetadataTokens.GetRowNumber(caller), target.OwnMethod);
        }
    }

    private string Literal(int token) => metadata.GetUserString(MetadataTokens.UserStringHandle(token & 0xFFFFFF));

    private void Add(Metric metric, long value) => counts[(int)metric] += value;

    private void Rank(Ranking ranking, MethodDefinitionHandle method, long value) =>
        rankings[(int)ranking].Add(metadata, method, value);
}
