namespace Census.Analysis;

/// <summary>One entry of a ranking.</summary>
internal readonly record struct MethodFact(string Method, long Value);
