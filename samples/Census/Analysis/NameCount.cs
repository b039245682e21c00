namespace Census.Analysis;

/// <summary>How often something with a name was seen.</summary>
internal readonly record struct NameCount(string Name, long Count);
