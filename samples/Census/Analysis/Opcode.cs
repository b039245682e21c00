namespace Census.Analysis;

using System.Reflection.Emit;

/// <summary>What the decoder has to know about one IL instruction.</summary>
internal readonly record struct Opcode(string? Name, OperandType Operand, FlowControl Flow, int StackDelta)
{
    /// <summary>Calls the method that its token names; loading a method's address is no call.</summary>
    public bool IsCall => Flow == FlowControl.Call && Operand == OperandType.InlineMethod;
}
