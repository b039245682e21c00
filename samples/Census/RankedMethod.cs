namespace Census;

/// <summary>One entry of a ranking over all files.</summary>
/// <param name="Copies">In how many files it was found, with this value.</param>
internal readonly record struct RankedMethod(string Assembly, string Method, long Value, int Copies);
