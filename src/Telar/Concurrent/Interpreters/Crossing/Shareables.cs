using System.Text;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Concurrent.Interpreters;

/// <summary>What passes from one interpreter to another as itself. Everything else is copied by the typed codec.</summary>
/// <remarks>
/// Such an object must be of a type that all interpreters share, hold nothing of an interpreter, and be either immutable, or made for
/// use by several threads, or plain memory that says that it is shared.
/// </remarks>
internal static class Shareables
{
    private static readonly HashSet<Type> s_values =
    [
        typeof(string), typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint),
        typeof(long), typeof(ulong), typeof(Int128), typeof(UInt128), typeof(Half), typeof(float), typeof(double), typeof(decimal),
        typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(Rune),
        typeof(Version), typeof(Uri), typeof(CancellationToken),
    ];

    private static readonly HashSet<Type> s_objects =
    [
        typeof(Interpreter), typeof(InterpreterQueueCore), typeof(Telar.Threading.Lock), typeof(RLock), typeof(Condition), typeof(Event),
        typeof(Telar.Threading.Semaphore), typeof(BoundedSemaphore),
    ];

    private static readonly HashSet<Type> s_tuples =
    [
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>), typeof(Tuple<,,,,,,>),
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
        typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>),
    ];

    // One delegate for all lists.
    private static readonly Func<Type, bool> s_isObject = s_objects.Contains;

    /// <summary>A list for the objects of one value that pass as themselves, wherever in it they are.</summary>
    public static SharedObjects NewList() => new(s_isObject);

    /// <summary>Whether a whole value of this type passes as itself, without the codec.</summary>
    public static bool IsWhole(Type type)
    {
        if (s_values.Contains(type) || s_objects.Contains(type))
        {
            return true;
        }

        if (!type.IsConstructedGenericType)
        {
            return false;
        }

        Type definition = type.GetGenericTypeDefinition();
        return definition == typeof(Memory<>) || definition == typeof(ReadOnlyMemory<>)
            ? type.GenericTypeArguments[0].IsPrimitive
            : s_tuples.Contains(definition) && Array.TrueForAll(type.GenericTypeArguments, IsWhole);
    }

    /// <summary>Whether a value reaches another interpreter without being copied.</summary>
    public static bool Contains(object? value) => value is null || IsWhole(value.GetType()) || value is IInterpreterQueue;
}
