using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>
/// Decides which types travel field by field. The encoder and the decoder ask the same question, so bytes cannot make an object that a
/// sender could not have sent. The table is docs/design/typed-codec.md#policy.
/// </summary>
internal static class SendPolicy
{
    internal const BindingFlags InstanceFields =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // Types of the platform whose fields are their public value and nothing else.
    private static readonly HashSet<Type> s_plain =
    [
        typeof(KeyValuePair<,>), typeof(Range), typeof(StrongBox<>), typeof(Vector2), typeof(Vector3), typeof(Vector4), typeof(Quaternion),
        typeof(Plane), typeof(Matrix3x2), typeof(Matrix4x4),
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>),
        typeof(Tuple<,,,,,,>), typeof(Tuple<,,,,,,,>),
        typeof(ValueTuple), typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
        typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),
    ];

    // The same, of assemblies that must not be loaded just to compare types.
    private static readonly HashSet<string> s_plainByName =
    [
        "System.Numerics.Complex", "System.Drawing.Point", "System.Drawing.PointF", "System.Drawing.Size", "System.Drawing.SizeF",
        "System.Drawing.Rectangle", "System.Drawing.RectangleF", "System.Drawing.Color",
    ];

    /// <summary>Judges a class or struct that has no codec of its own.</summary>
    /// <returns><see langword="null"/> if its fields may be sent and set.</returns>
    internal static Refusal? Judge(Type type)
    {
        if (SymbolNames.Judge(type) is { } unnamed)
        {
            return unnamed;
        }

        if (Framework.Has(type))
        {
            return IsPlain(type) ? null : FrameworkRefusals.For(type);
        }

        // Both kinds declare one field and hold many: only their memory as a whole can be copied.
        bool repeated = type.IsDefined(typeof(InlineArrayAttribute), inherit: false) || type.Name.EndsWith("e__FixedBuffer", StringComparison.Ordinal);
        if (repeated && !IsRaw(type))
        {
            return new Refusal(type, "it is an inline array of elements that are not plain numbers", "Send an ordinary array.");
        }

        return JudgeBases(type) ?? JudgeLevels(type);
    }

    /// <summary>Whether every bit pattern of a struct is a valid value of it, so that its memory may be copied as it is.</summary>
    internal static bool IsRaw(Type type)
    {
        if (type.IsEnum || type.IsPrimitive)
        {
            Type number = type.IsEnum ? type.GetEnumUnderlyingType() : type;
            return number != typeof(bool) && number != typeof(nint) && number != typeof(nuint);
        }

        if (!type.IsValueType || type.ContainsGenericParameters)
        {
            return false;
        }

        if (type == typeof(Guid) || type == typeof(TimeSpan) || type == typeof(Half) || type == typeof(Int128) || type == typeof(UInt128))
        {
            return true;
        }

        // Other structs of the platform have invariants that raw memory would break, and some rely on them for memory safety.
        if (Framework.Has(type) && !IsPlain(type))
        {
            return false;
        }

        foreach (FieldInfo field in type.GetFields(InstanceFields))
        {
            if (!IsRaw(field.FieldType) || IsLeftOut(field))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the author of a type said that a field is not part of its value.</summary>
    internal static bool IsLeftOut(FieldInfo field) => field.IsDefined(typeof(NonSerializedAttribute), inherit: false);

    /// <summary>Whether an object of this type runs code of its own when it is collected. Bytes must not start such code by leaving an object behind.</summary>
    internal static bool HasFinalizer(Type type) =>
        type.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic, [])?.DeclaringType is { } declaring && declaring != typeof(object);

    private static bool IsPlain(Type type)
    {
        Type definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        return s_plain.Contains(definition) || definition.FullName is { } name && s_plainByName.Contains(name);
    }

    // What a platform class keeps in private fields is unknown, whatever its heir says.
    private static Refusal? JudgeBases(Type type)
    {
        for (Type? level = type.BaseType; level is not null; level = level.BaseType)
        {
            if (Framework.Has(level) && level.GetFields(InstanceFields).Length > 0)
            {
                return new Refusal(type, $"it derives from {TypeNames.Of(level)}, whose private state means nothing elsewhere",
                    "Hold such an object in a field instead of deriving from it, or send the data it is made from.");
            }
        }

        return null;
    }

    private static Refusal? JudgeLevels(Type type)
    {
        for (Type? level = type; level is not null && !Framework.Has(level); level = level.BaseType)
        {
            if (JudgeLevel(type, level) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Refusal? JudgeLevel(Type type, Type level)
    {
        if (level.IsDefined(typeof(SendableAttribute), inherit: false) || CompilerMade.IsType(level) || CompilerMade.IsRecord(level)
            || typeof(ITelarSendable).IsAssignableFrom(level) && level.Assembly == typeof(ITelarSendable).Assembly
            || level.IsValueType && !HasReferences(level)
            || IsSerializable(level) || level != type && level.GetFields(InstanceFields).Length == 0)
        {
            return null;
        }

        if (level.Assembly == typeof(ITelarSendable).Assembly)
        {
            return new Refusal(
                type, "it belongs to the process that submits calls", "Use it there; send data with the call, and return data from it.");
        }

        return new Refusal(type, level == type
                ? "an ordinary class is not copied field by field unless it says that this is right"
                : $"its base class {TypeNames.Of(level)} does not say that it may be copied field by field",
            level.IsValueType
                ? "Mark it [Sendable], make it a record struct, or send the data it holds."
                : $"Mark {(level == type ? "it" : level.Name)} [Sendable], make it a record, or send the data it holds (copy what a lambda needs into a local variable).");
    }

    // The old attribute says just what ours does, unless the type also brings its own code for the purpose.
    private static bool IsSerializable(Type type) =>
        type.IsDefined(typeof(SerializableAttribute), inherit: false)
        && !typeof(System.Runtime.Serialization.ISerializable).IsAssignableFrom(type)
        && !typeof(System.Runtime.Serialization.IDeserializationCallback).IsAssignableFrom(type)
        && !HasFinalizer(type);

    private static bool HasReferences(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsFunctionPointer)
        {
            return false;
        }

        if (!type.IsValueType)
        {
            return true;
        }

        foreach (FieldInfo field in type.GetFields(InstanceFields))
        {
            if (HasReferences(field.FieldType))
            {
                return true;
            }
        }

        return false;
    }
}
