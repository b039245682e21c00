using System.Diagnostics;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>Finds the codec of an object's type; the same table answers for the types that bytes name.</summary>
[StackTraceHidden]
internal static class ObjectCodecs
{
    private static readonly MemberTable<Type, ObjectCodec> s_byType = new();

    internal static ObjectCodec For(Type type) =>
        s_byType.Find(type) ?? s_byType.GetOrAdd(type, Create);

    private static ObjectCodec Create(Type type)
    {
        if (type == typeof(string))
        {
            return new ValueCodec<string>(static (e, value) => e.Writer.WriteString(value), static d => d.ReadString() ?? throw d.Reader.Invalid("a string"));
        }

        if (type.IsArray)
        {
            Type element = type.GetElementType()!; // not null: an array
            return element.IsPointer || element.IsFunctionPointer
                ? new RefusedCodec(type, new Refusal(type, "an address means nothing in another process", "Send the data it points to."))
                : Make(type.IsSZArray ? typeof(VectorCodec<>) : typeof(ArrayCodec<>), element, type);
        }

        if (type.IsValueType)
        {
            return Slots.Of(type).Refusal is { } inner ? new RefusedCodec(type, inner) : Make(typeof(BoxCodec<>), type);
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return new DelegateCodec(type);
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return new ExceptionCodec(type);
        }

        if (type.Assembly == typeof(ObjectCodecs).Assembly && type.GetInterface(typeof(IHandleSendable<>).FullName!) is not null) // not null: a definition
        {
            return Make(typeof(HandleCodec<>), type);
        }

        return KnownObjects.TryCreate(type) ?? KnownCollections.TryCreate(type) ?? CreateWalk(type);
    }

    private static ObjectCodec CreateWalk(Type type) => SendPolicy.Judge(type) is { } refusal ? new RefusedCodec(type, refusal) : new WalkCodec(type);

    private static ObjectCodec Make(Type definition, Type argument, params object[] arguments) =>
        (ObjectCodec)Activator.CreateInstance(definition.MakeGenericType(argument), arguments)!; // not null: a class
}
