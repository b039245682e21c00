namespace Census.Analysis;

using System.Reflection;
using System.Reflection.Emit;

/// <summary>All IL opcodes by index: one-byte opcodes are 0-255, those with the prefix 0xFE are 256-511.</summary>
internal static class Opcodes
{
    public const int Count = 512;
    public const int Prefix = 0xFE;

    private static readonly Opcode[] s_all = Build();

    public static readonly int CallIndirect = IndexOf(OpCodes.Calli);
    public static readonly int NewObject = IndexOf(OpCodes.Newobj);
    public static readonly int Return = IndexOf(OpCodes.Ret);
    public static readonly int Leave = IndexOf(OpCodes.Leave);
    public static readonly int LeaveShort = IndexOf(OpCodes.Leave_S);

    public static ref readonly Opcode At(int index)
    {
        ref readonly Opcode opcode = ref s_all[index];
        if (opcode.Name is null)
        {
            throw new BadImageFormatException($"0x{index:X2} is not an opcode");
        }

        return ref opcode;
    }

    public static string NameOf(int index) => s_all[index].Name ?? "";

    private static Opcode[] Build()
    {
        var all = new Opcode[Count];
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            // The table of the platform also holds the prefix bytes themselves: they are no instructions.
            if (field.GetValue(null) is OpCode { OpCodeType: not OpCodeType.Nternal } code)
            {
                all[IndexOf(code)] = new Opcode(code.Name, code.OperandType, code.FlowControl, code.EvaluationStackDelta);
            }
        }

        return all;
    }

    private static int IndexOf(OpCode code) => code.Size == 1 ? code.Value & 0xFF : 256 + (code.Value & 0xFF);
}
