using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>The comparers of the platform. Those that carry a delegate are called while a collection is rebuilt, hence the care about it.</summary>
[StackTraceHidden]
internal static class ComparerCodecs
{
    private const byte Default = 0;
    private const byte Custom = 1;

    internal static ObjectCodec? TryCreate(Type type)
    {
        if (!Framework.IsCore(type))
        {
            return null;
        }

        if (typeof(StringComparer).IsAssignableFrom(type))
        {
            return new ValueCodec<StringComparer>(WriteStringComparer, ReadStringComparer, type);
        }

        if (type == typeof(ReferenceEqualityComparer))
        {
            return new ValueCodec<ReferenceEqualityComparer>(static (_, _) => { }, static _ => ReferenceEqualityComparer.Instance);
        }

        if (type.Name == "HashSetEqualityComparer`1" && type.Namespace == "System.Collections.Generic")
        {
            return GenericFactory.Invoke<Func<Type, ObjectCodec>>(typeof(ComparerCodecs), nameof(SetComparer), type.GenericTypeArguments)(type);
        }

        for (Type? level = type; level is not null; level = level.BaseType)
        {
            if (level.IsConstructedGenericType && level.GetGenericTypeDefinition() is var definition
                && (definition == typeof(EqualityComparer<>) || definition == typeof(Comparer<>)))
            {
                string factory = definition == typeof(Comparer<>) ? nameof(Ordering) : nameof(Equality);
                return GenericFactory.Invoke<Func<Type, ObjectCodec>>(typeof(ComparerCodecs), factory, level.GenericTypeArguments)(type);
            }
        }

        return null;
    }

    /// <summary>Writes a collection's comparer, which is the default one most of the time.</summary>
    internal static void WriteComparer<TComparer>(GraphEncoder encoder, TComparer? comparer, TComparer? usual, bool lateAllowed)
        where TComparer : class
    {
        if (comparer is null || ReferenceEquals(comparer, usual))
        {
            encoder.Writer.WriteByte(Default);
            return;
        }

        encoder.Writer.WriteByte(Custom);
        encoder.Trace?.EnterField("Comparer");
        encoder.WriteKey(Slots.Of<TComparer?>(), comparer, lateAllowed);
        encoder.Trace?.Leave();
    }

    /// <summary>Reads the comparer of a collection that can wait for it: until it is complete, nothing is put in.</summary>
    internal static TComparer? ReadComparer<TComparer>(GraphDecoder decoder, int id)
        where TComparer : class
    {
        TComparer? comparer = Read<TComparer>(decoder, out bool complete);
        if (!complete)
        {
            decoder.HoldBack(id);
        }

        return comparer;
    }

    /// <summary>Reads the comparer of a collection that is made at once.</summary>
    internal static TComparer? ReadComparer<TComparer>(GraphDecoder decoder)
        where TComparer : class
    {
        TComparer? comparer = Read<TComparer>(decoder, out bool complete);
        return complete ? comparer : throw decoder.Reader.Invalid("a complete comparer");
    }

    private static TComparer? Read<TComparer>(GraphDecoder decoder, out bool complete)
        where TComparer : class
    {
        complete = true;
        return decoder.Reader.ReadBoolean() ? decoder.ReadKey(Slots.Of<TComparer?>(), out complete) ?? throw decoder.Reader.Invalid("a comparer") : null;
    }

    private static void WriteStringComparer(GraphEncoder encoder, StringComparer value)
    {
        if (StringComparer.IsWellKnownOrdinalComparer(value, out bool ignoreCase))
        {
            encoder.Writer.WriteByte(ignoreCase ? (byte)1 : (byte)0);
        }
        else if (StringComparer.IsWellKnownCultureAwareComparer(value, out CompareInfo? compare, out CompareOptions options))
        {
            encoder.Writer.WriteByte(2);
            encoder.Writer.WriteString(compare.Name);
            encoder.Writer.WriteInt32((int)options);
        }
        else
        {
            throw encoder.Refuse(new Refusal(value.GetType(), "it is not one of the string comparers of .NET that can be told by name",
                "Use StringComparer.Ordinal or one of its siblings."));
        }
    }

    private static StringComparer ReadStringComparer(GraphDecoder decoder)
    {
        byte kind = decoder.Reader.ReadByte();
        return kind switch
        {
            0 => StringComparer.Ordinal,
            1 => StringComparer.OrdinalIgnoreCase,
            2 => CultureInfo.GetCultureInfo(decoder.Reader.ReadText()).CompareInfo.GetStringComparer((CompareOptions)decoder.Reader.ReadInt32()),
            _ => throw decoder.Reader.Invalid("a string comparer"),
        };
    }

    private static Func<Type, ObjectCodec> SetComparer<T>() => static type =>
        new ValueCodec<IEqualityComparer<HashSet<T>>>(static (_, _) => { }, static _ => HashSet<T>.CreateSetComparer()!, type, type); // the same interface, but for its annotation

    private static Func<Type, ObjectCodec> Equality<T>() => static type => new ValueCodec<EqualityComparer<T>>(
        static (e, value) =>
        {
            if (ReferenceEquals(value, EqualityComparer<T>.Default))
            {
                e.Writer.WriteByte(Default);
                return;
            }

            e.Writer.WriteByte(Custom);
            WriteFunction(e, FieldOf<Func<T?, T?, bool>>(e, value));
            WriteFunction(e, FieldOf<Func<T, int>>(e, value));
        },
        static d => d.Reader.ReadBoolean()
            ? EqualityComparer<T>.Create(ReadFunction<Func<T?, T?, bool>>(d), ReadFunction<Func<T, int>>(d))
            : EqualityComparer<T>.Default,
        type, typeof(EqualityComparer<T>), tracked: true);

    private static Func<Type, ObjectCodec> Ordering<T>() => static type => new ValueCodec<Comparer<T>>(
        static (e, value) =>
        {
            if (ReferenceEquals(value, Comparer<T>.Default))
            {
                e.Writer.WriteByte(Default);
                return;
            }

            e.Writer.WriteByte(Custom);
            WriteFunction(e, FieldOf<Comparison<T>>(e, value));
        },
        static d => d.Reader.ReadBoolean() ? Comparer<T>.Create(ReadFunction<Comparison<T>>(d)) : Comparer<T>.Default,
        type, typeof(Comparer<T>), tracked: true);

    private static TFunction FieldOf<TFunction>(GraphEncoder encoder, object comparer)
        where TFunction : Delegate
    {
        foreach (FieldInfo field in comparer.GetType().GetFields(SendPolicy.InstanceFields))
        {
            if (field.FieldType == typeof(TFunction) && field.GetValue(comparer) is TFunction function)
            {
                return function;
            }
        }

        throw encoder.Refuse(new Refusal(comparer.GetType(), "it is a comparer of .NET that Telar does not know",
            "Use the Default comparer, Create with a lambda, or a [Sendable] comparer of your own."));
    }

    private static void WriteFunction<TFunction>(GraphEncoder encoder, TFunction function)
        where TFunction : Delegate
    {
        if (!IsAllowed(function))
        {
            throw encoder.Refuse(new Refusal(typeof(TFunction),
                $"the comparer calls {function.Method.DeclaringType?.Name}.{function.Method.Name}, and the other side calls only lambdas while it rebuilds a collection",
                "Wrap the method in a lambda."));
        }

        Slots.Of<TFunction?>().Write(encoder, function);
    }

    private static TFunction ReadFunction<TFunction>(GraphDecoder decoder)
        where TFunction : Delegate
    {
        TFunction? function = Slots.Of<TFunction?>().Read(decoder);
        return function is not null && IsAllowed(function) ? function : throw decoder.Reader.Invalid("a lambda in a comparer");
    }

    // Any method of that shape would do otherwise, and the bytes could choose one that does more than to compare.
    private static bool IsAllowed(Delegate function) => function.HasSingleTarget && CompilerMade.IsLambda(function.Method) && !Framework.Has(function.Method.DeclaringType!); // not null: no methods of modules have symbols
}
