namespace Census.Analysis;

using System.Reflection.Metadata;

/// <summary>What an instruction does with a local variable.</summary>
internal readonly record struct LocalAccess(LocalAccess.Kind Does, int Local)
{
    public enum Kind
    {
        Nothing,
        Load,
        Store,
        TakeAddress,
    }

    public static LocalAccess Of(Instruction instruction)
    {
        int opcode = instruction.Opcode < 256 ? instruction.Opcode : (Opcodes.Prefix << 8) | (instruction.Opcode - 256);
        return (ILOpCode)opcode switch
        {
            >= ILOpCode.Ldloc_0 and <= ILOpCode.Ldloc_3 => new(Kind.Load, opcode - (int)ILOpCode.Ldloc_0),
            >= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3 => new(Kind.Store, opcode - (int)ILOpCode.Stloc_0),
            ILOpCode.Ldloc or ILOpCode.Ldloc_s => new(Kind.Load, instruction.Token),
            ILOpCode.Stloc or ILOpCode.Stloc_s => new(Kind.Store, instruction.Token),
            ILOpCode.Ldloca or ILOpCode.Ldloca_s => new(Kind.TakeAddress, instruction.Token),
            _ => default,
        };
    }
}
