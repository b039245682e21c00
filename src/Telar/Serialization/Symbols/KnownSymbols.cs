namespace Telar.Serialization;

/// <summary>
/// Types that are named by one byte: the commonest ones, all from the core library, so that naming them loads nothing.
/// Both processes run the same build of Telar, so the order may change between builds.
/// </summary>
internal static class KnownSymbols
{
    internal static readonly Type[] Types =
    [
        typeof(object), typeof(string), typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int),
        typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal), typeof(Half), typeof(Int128),
        typeof(UInt128), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
        typeof(Exception), typeof(Type), typeof(Uri), typeof(Version), typeof(CancellationToken), typeof(Nullable<>), typeof(List<>),
        typeof(Dictionary<,>), typeof(HashSet<>), typeof(KeyValuePair<,>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>),
        typeof(ValueTuple<,,,>), typeof(Tuple<,>), typeof(Task), typeof(Task<>), typeof(IEnumerable<>), typeof(Action), typeof(Action<>),
        typeof(Action<,>), typeof(Action<,,>), typeof(Func<>), typeof(Func<,>), typeof(Func<,,>), typeof(Func<,,,>), typeof(EqualityComparer<>),
        typeof(Comparer<>), typeof(StringComparer), typeof(Predicate<>), typeof(Comparison<>),
    ];

    private static readonly Dictionary<Type, int> s_codes = IndexTypes();

    internal static bool TryGetCode(Type type, out int code) => s_codes.TryGetValue(type, out code);

    private static Dictionary<Type, int> IndexTypes()
    {
        var codes = new Dictionary<Type, int>(Types.Length);
        for (int i = 0; i < Types.Length; i++)
        {
            codes.Add(Types[i], i);
        }

        return codes;
    }
}
