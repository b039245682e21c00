namespace Census.Analysis;

internal readonly record struct NameCount(string Name, long Count);
