using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>Finds the slot of a declared type. Two threads may each make one; they are alike.</summary>
[StackTraceHidden]
internal static class Slots
{
    private static readonly MemberTable<Type, Slot> s_byType = new();

    internal static SlotOf<T> Of<T>() => Cache<T>.Slot ??= (SlotOf<T>)Of(typeof(T));

    internal static Slot Of(Type type) => s_byType.Find(type) ?? s_byType.GetOrAdd(type, Create);

    private static Slot Create(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer)
        {
            return new PointerSlot(type);
        }

        if (!type.IsValueType)
        {
            return type == typeof(string) ? new StringSlot() : Make(typeof(ReferenceSlot<>), type);
        }

        if (PrimitiveSlot(type) is { } primitive)
        {
            return primitive;
        }

        if (KnownSlots.TryCreate(type) is { } known)
        {
            return known;
        }

        if (SendPolicy.IsRaw(type))
        {
            return SymbolNames.Judge(type) is { } unnamed ? Make(typeof(RefusingSlot<>), type, unnamed) : Make(typeof(RawSlot<>), type);
        }

        return SendPolicy.Judge(type) is { } refusal ? Make(typeof(RefusingSlot<>), type, refusal) : Make(typeof(StructSlot<>), type);
    }

    // Spelt out, so that ahead-of-time compilation of this assembly finds the instances.
    private static Slot? PrimitiveSlot(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => new FuncSlot<bool>(static (e, value) => e.Writer.WriteByte(value ? (byte)1 : (byte)0), static d => d.Reader.ReadBoolean()),
        TypeCode.Char => new RawSlot<char>(),
        TypeCode.SByte => new RawSlot<sbyte>(),
        TypeCode.Byte => new RawSlot<byte>(),
        TypeCode.Int16 => new RawSlot<short>(),
        TypeCode.UInt16 => new RawSlot<ushort>(),
        TypeCode.Int32 => new RawSlot<int>(),
        TypeCode.UInt32 => new RawSlot<uint>(),
        TypeCode.Int64 => new RawSlot<long>(),
        TypeCode.UInt64 => new RawSlot<ulong>(),
        TypeCode.Single => new RawSlot<float>(),
        TypeCode.Double => new RawSlot<double>(),
        _ => null,
    };

    private static Slot Make(Type definition, Type type, params object[] arguments) =>
        (Slot)Activator.CreateInstance(definition.MakeGenericType(type), arguments)!; // not null: a class

    private static class Cache<T>
    {
        internal static SlotOf<T>? Slot { get; set; }
    }
}
