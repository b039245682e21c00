namespace Census.Analysis;

using System.Reflection.Emit;
using System.Reflection.Metadata;

/// <summary>Turns the bytes of a method body into instructions. Its lists are used again for the next method.</summary>
internal sealed class IlDecoder
{
    public List<Instruction> Instructions { get; } = [];

    /// <summary>The absolute offsets that branches and switches go to.</summary>
    public List<int> Targets { get; } = [];

    /// <exception cref="BadImageFormatException">The bytes are not IL.</exception>
    public void Decode(BlobReader il)
    {
        Instructions.Clear();
        Targets.Clear();
        while (il.RemainingBytes > 0)
        {
            int offset = il.Offset;
            int opcode = il.ReadByte();
            if (opcode == Opcodes.Prefix)
            {
                opcode = 256 + il.ReadByte();
            }

            int firstTarget = Targets.Count;
            int token = ReadOperand(ref il, Opcodes.At(opcode).Operand);
            Instructions.Add(new Instruction(offset, opcode, token, firstTarget, Targets.Count - firstTarget));
        }
    }

    private int ReadOperand(ref BlobReader il, OperandType operand)
    {
        switch (operand)
        {
            case OperandType.InlineNone:
                return 0;
            case OperandType.ShortInlineI or OperandType.ShortInlineVar:
                return il.ReadByte();
            case OperandType.InlineVar:
                return il.ReadUInt16();
            case OperandType.InlineI8 or OperandType.InlineR:
                il.ReadInt64();
                return 0;
            case OperandType.ShortInlineBrTarget:
                int near = il.ReadSByte();
                Targets.Add(il.Offset + near);
                return 0;
            case OperandType.InlineBrTarget:
                int far = il.ReadInt32();
                Targets.Add(il.Offset + far);
                return 0;
            case OperandType.InlineSwitch:
                ReadSwitch(ref il);
                return 0;
            default:
                return il.ReadInt32(); // a metadata token, an int or a float
        }
    }

    private void ReadSwitch(ref BlobReader il)
    {
        uint cases = il.ReadUInt32();
        if (cases > il.RemainingBytes / 4)
        {
            throw new BadImageFormatException($"a switch with {cases} cases is longer than its method");
        }

        int end = il.Offset + ((int)cases * 4);
        for (uint i = 0; i < cases; i++)
        {
            Targets.Add(end + il.ReadInt32());
        }
    }
}
