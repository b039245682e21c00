using System.Buffers.Binary;

namespace Telar.Serialization;

/// <summary>Walks the instructions of a method body, far enough to find every metadata token in it.</summary>
internal ref struct IlReader(ReadOnlySpan<byte> code)
{
    private const byte TwoByteCode = 0xFE;

    // Operand kinds by code (ECMA-335, partition VI, annex C). Reflection.Emit's own table costs 226 reflected fields at first use.
    private static readonly IlOperand[] s_oneByte = OneByteCodes();
    private static readonly IlOperand[] s_twoBytes = TwoByteCodes();

    private readonly ReadOnlySpan<byte> _code = code;
    private int _position;

    /// <summary>The kind of the instruction's operand; <see cref="IlOperand.Unknown"/> if the code is not one that a compiler emits.</summary>
    internal IlOperand Operand { get; private set; }

    /// <summary>The token, if <see cref="Operand"/> is of a kind that has one.</summary>
    internal int Token { get; private set; }

    /// <summary>Steps to the next instruction.</summary>
    /// <returns><see langword="false"/> at the end, or behind an instruction that cannot be understood.</returns>
    internal bool Next()
    {
        if (_position >= _code.Length || Operand == IlOperand.Unknown && _position > 0)
        {
            return false;
        }

        byte code = _code[_position++];
        if (code != TwoByteCode)
        {
            Operand = s_oneByte[code];
        }
        else
        {
            Operand = _position < _code.Length && _code[_position] < s_twoBytes.Length ? s_twoBytes[_code[_position]] : IlOperand.Unknown;
            _position++;
        }

        int length = Operand switch
        {
            IlOperand.None or IlOperand.Unknown => 0,
            IlOperand.Bytes1 => 1,
            IlOperand.Bytes2 => 2,
            IlOperand.Bytes8 => 8,
            IlOperand.Switch => SwitchLength(),
            _ => 4,
        };
        if (length < 0 || length > _code.Length - _position)
        {
            Operand = IlOperand.Unknown;
            return true;
        }

        Token = Operand >= IlOperand.Field ? BinaryPrimitives.ReadInt32LittleEndian(_code[_position..]) : 0;
        _position += length;
        return true;
    }

    private readonly int SwitchLength()
    {
        if (_code.Length - _position < sizeof(int))
        {
            return -1;
        }

        long length = sizeof(int) * (1 + (long)BinaryPrimitives.ReadUInt32LittleEndian(_code[_position..]));
        return length <= _code.Length ? (int)length : -1;
    }

    private static IlOperand[] OneByteCodes()
    {
        var kinds = new IlOperand[256];
        Fill(kinds, 0x00, 0x0D, IlOperand.None); // nop ... stloc.3
        Fill(kinds, 0x0E, 0x13, IlOperand.Bytes1); // ldarg.s ... stloc.s
        Fill(kinds, 0x14, 0x1E, IlOperand.None); // ldnull ... ldc.i4.8
        kinds[0x1F] = IlOperand.Bytes1; // ldc.i4.s
        kinds[0x20] = IlOperand.Bytes4; // ldc.i4
        kinds[0x21] = IlOperand.Bytes8; // ldc.i8
        kinds[0x22] = IlOperand.Bytes4; // ldc.r4
        kinds[0x23] = IlOperand.Bytes8; // ldc.r8
        Fill(kinds, 0x25, 0x26, IlOperand.None); // dup, pop
        Fill(kinds, 0x27, 0x28, IlOperand.Method); // jmp, call
        kinds[0x29] = IlOperand.Bytes4; // calli: a signature, which names no closure
        kinds[0x2A] = IlOperand.None; // ret
        Fill(kinds, 0x2B, 0x37, IlOperand.Bytes1); // br.s ... blt.un.s
        Fill(kinds, 0x38, 0x44, IlOperand.Bytes4); // br ... blt.un
        kinds[0x45] = IlOperand.Switch;
        Fill(kinds, 0x46, 0x6E, IlOperand.None); // ldind.i1 ... conv.u8
        kinds[0x6F] = IlOperand.Method; // callvirt
        Fill(kinds, 0x70, 0x71, IlOperand.Type); // cpobj, ldobj
        kinds[0x72] = IlOperand.Bytes4; // ldstr
        kinds[0x73] = IlOperand.Method; // newobj
        Fill(kinds, 0x74, 0x75, IlOperand.Type); // castclass, isinst
        kinds[0x76] = IlOperand.None; // conv.r.un
        kinds[0x79] = IlOperand.Type; // unbox
        kinds[0x7A] = IlOperand.None; // throw
        Fill(kinds, 0x7B, 0x80, IlOperand.Field); // ldfld ... stsfld
        kinds[0x81] = IlOperand.Type; // stobj
        Fill(kinds, 0x82, 0x8B, IlOperand.None); // conv.ovf.i1.un ... conv.ovf.u.un
        Fill(kinds, 0x8C, 0x8D, IlOperand.Type); // box, newarr
        kinds[0x8E] = IlOperand.None; // ldlen
        kinds[0x8F] = IlOperand.Type; // ldelema
        Fill(kinds, 0x90, 0xA2, IlOperand.None); // ldelem.i1 ... stelem.ref
        Fill(kinds, 0xA3, 0xA5, IlOperand.Type); // ldelem, stelem, unbox.any
        Fill(kinds, 0xB3, 0xBA, IlOperand.None); // conv.ovf.i1 ... conv.ovf.u8
        kinds[0xC2] = IlOperand.Type; // refanyval
        kinds[0xC3] = IlOperand.None; // ckfinite
        kinds[0xC6] = IlOperand.Type; // mkrefany
        kinds[0xD0] = IlOperand.Token; // ldtoken
        Fill(kinds, 0xD1, 0xDC, IlOperand.None); // conv.u2 ... endfinally
        kinds[0xDD] = IlOperand.Bytes4; // leave
        kinds[0xDE] = IlOperand.Bytes1; // leave.s
        Fill(kinds, 0xDF, 0xE0, IlOperand.None); // stind.i, conv.u
        return kinds;
    }

    private static IlOperand[] TwoByteCodes()
    {
        var kinds = new IlOperand[0x1F];
        Fill(kinds, 0x00, 0x05, IlOperand.None); // arglist ... clt.un
        Fill(kinds, 0x06, 0x07, IlOperand.Method); // ldftn, ldvirtftn
        Fill(kinds, 0x09, 0x0E, IlOperand.Bytes2); // ldarg ... stloc
        kinds[0x0F] = IlOperand.None; // localloc
        kinds[0x11] = IlOperand.None; // endfilter
        kinds[0x12] = IlOperand.Bytes1; // unaligned.
        Fill(kinds, 0x13, 0x14, IlOperand.None); // volatile., tail.
        Fill(kinds, 0x15, 0x16, IlOperand.Type); // initobj, constrained.
        Fill(kinds, 0x17, 0x18, IlOperand.None); // cpblk, initblk
        kinds[0x19] = IlOperand.Bytes1; // no.
        kinds[0x1A] = IlOperand.None; // rethrow
        kinds[0x1C] = IlOperand.Type; // sizeof
        Fill(kinds, 0x1D, 0x1E, IlOperand.None); // refanytype, readonly.
        return kinds;
    }

    private static void Fill(IlOperand[] kinds, int first, int last, IlOperand kind)
    {
        for (int code = first; code <= last; code++)
        {
            kinds[code] = kind;
        }
    }
}
