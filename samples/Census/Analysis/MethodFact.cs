namespace Census.Analysis;

/// <summary>One entry of a ranking. Large values come first, then names: the order must not depend on who counted.</summary>
internal readonly record struct MethodFact(string Method, long Value) : IComparable<MethodFact>
{
    public int CompareTo(MethodFact other) =>
        Value != other.Value ? other.Value.CompareTo(Value) : string.CompareOrdinal(Method, other.Method);
}
