using System.Diagnostics;
using System.Collections.Immutable;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Telar.Serialization;

/// <summary>Structs of the platform with rules of their own: what arrives is checked, because their methods trust their fields.</summary>
[StackTraceHidden]
internal static class KnownSlots
{
    private const ulong TicksMask = 0x3FFF_FFFF_FFFF_FFFF;

    internal static Slot? TryCreate(Type type)
    {
        if (!Framework.Has(type))
        {
            return null;
        }

        if (type.IsConstructedGenericType)
        {
            Type definition = type.GetGenericTypeDefinition();
            string? factory =
                definition == typeof(Nullable<>) ? nameof(Nullable)
                : definition == typeof(Memory<>) ? nameof(Memory)
                : definition == typeof(ReadOnlyMemory<>) ? nameof(ReadOnlyMemory)
                : definition == typeof(ArraySegment<>) ? nameof(ArraySegment)
                : definition.FullName == "System.Collections.Immutable.ImmutableArray`1" ? nameof(ImmutableArray)
                : null;
            return factory is null ? null : GenericFactory.Invoke<Slot>(typeof(KnownSlots), factory, type.GenericTypeArguments);
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Decimal => new FuncSlot<decimal>(WriteDecimal, ReadDecimal),
            TypeCode.DateTime => new FuncSlot<DateTime>(static (e, value) => e.Writer.WriteInt64(Unsafe.As<DateTime, long>(ref value)), ReadDateTime),
            _ => TimeSlot(type) ?? OtherSlot(type),
        };
    }

    private static Slot? TimeSlot(Type type)
    {
        if (type == typeof(DateTimeOffset))
        {
            return new FuncSlot<DateTimeOffset>(
                static (e, value) =>
                {
                    e.Writer.WriteInt64(value.Ticks);
                    e.Writer.WriteInt16((short)value.TotalOffsetMinutes);
                },
                static d => new DateTimeOffset(d.Reader.ReadInt64(), TimeSpan.FromMinutes(d.Reader.ReadInt16())));
        }

        if (type == typeof(DateOnly))
        {
            return new FuncSlot<DateOnly>(static (e, value) => e.Writer.WriteInt32(value.DayNumber), static d => DateOnly.FromDayNumber(d.Reader.ReadInt32()));
        }

        return type == typeof(TimeOnly)
            ? new FuncSlot<TimeOnly>(static (e, value) => e.Writer.WriteInt64(value.Ticks), static d => new TimeOnly(d.Reader.ReadInt64()))
            : null;
    }

    private static Slot? OtherSlot(Type type)
    {
        if (type == typeof(CancellationToken))
        {
            return new FuncSlot<CancellationToken>(static (e, value) => e.WriteToken(value), static d => d.ReadToken());
        }

        if (type == typeof(Rune))
        {
            return new FuncSlot<Rune>(static (e, value) => e.Writer.WriteInt32(value.Value), static d => new Rune(d.Reader.ReadInt32()));
        }

        if (type == typeof(Index))
        {
            return new FuncSlot<Index>(
                static (e, value) => e.Writer.WriteInt32(value.IsFromEnd ? ~value.Value : value.Value),
                static d => d.Reader.ReadInt32() is var value && value < 0 ? new Index(~value, fromEnd: true) : new Index(value));
        }

        return type.FullName == "System.Numerics.BigInteger" ? BigIntegerSlot() : null;
    }

    // Apart, because mentioning the type loads its assembly.
    private static FuncSlot<BigInteger> BigIntegerSlot() => new(
        static (e, value) =>
        {
            byte[] bytes = value.ToByteArray();
            e.Writer.WriteCount(bytes.Length);
            e.Writer.WriteBytes(bytes);
        },
        static d => new BigInteger(d.Reader.ReadBytes(d.Reader.ReadCount())));

    private static void WriteDecimal(GraphEncoder encoder, decimal value)
    {
        Span<int> bits = stackalloc int[4];
        _ = decimal.GetBits(value, bits);
        encoder.Writer.WriteBytes(MemoryMarshal.AsBytes(bits));
    }

    private static decimal ReadDecimal(GraphDecoder decoder)
    {
        Span<int> bits = stackalloc int[4];
        decoder.Reader.ReadBytes(4 * sizeof(int)).CopyTo(MemoryMarshal.AsBytes(bits));
        return new decimal(bits);
    }

    // All 64 bits travel: ToBinary would turn a local time into an instant, and lose the mark of the repeated hour.
    private static DateTime ReadDateTime(GraphDecoder decoder)
    {
        ulong bits = (ulong)decoder.Reader.ReadInt64();
        return (bits & TicksMask) <= (ulong)DateTime.MaxValue.Ticks
            ? Unsafe.As<ulong, DateTime>(ref bits)
            : throw decoder.Reader.Invalid("a date and time between the years 1 and 9999");
    }

    private static NullableSlot<T> Nullable<T>()
        where T : struct => new();

    // A view travels as what can be seen through it, never as the array behind it; within one process a view of numbers is the view itself.
    private static FuncSlot<Memory<T>> Memory<T>() => new(
        static (e, value) =>
        {
            if (e.Context?.Shared is { } shared && typeof(T).IsPrimitive)
            {
                e.WriteShared(shared, value);
                return;
            }

            Elements<T>.Write(e, value.Span);
        },
        static d => d.Context?.Shared is not null && typeof(T).IsPrimitive ? (Memory<T>)d.ReadShared() : Elements<T>.Read(d));

    private static FuncSlot<ReadOnlyMemory<T>> ReadOnlyMemory<T>() => new(
        static (e, value) =>
        {
            if (e.Context?.Shared is { } shared && typeof(T).IsPrimitive)
            {
                e.WriteShared(shared, value);
                return;
            }

            Elements<T>.Write(e, value.Span);
        },
        static d => d.Context?.Shared is not null && typeof(T).IsPrimitive ? (ReadOnlyMemory<T>)d.ReadShared() : Elements<T>.Read(d));

    private static FuncSlot<ArraySegment<T>> ArraySegment<T>() => new(
        static (e, value) =>
        {
            e.Writer.WriteByte(value.Array is null ? (byte)0 : (byte)1);
            if (value.Array is not null)
            {
                Elements<T>.Write(e, value);
            }
        },
        static d => d.Reader.ReadBoolean() ? new ArraySegment<T>(Elements<T>.Read(d)) : default);

    private static FuncSlot<ImmutableArray<T>> ImmutableArray<T>() => new(
        static (e, value) => Slots.Of<T[]?>().Write(e, ImmutableCollectionsMarshal.AsArray(value)),
        static d => ImmutableCollectionsMarshal.AsImmutableArray(Slots.Of<T[]?>().Read(d)));
}
