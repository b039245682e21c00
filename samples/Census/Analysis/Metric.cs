namespace Census.Analysis;

/// <summary>What is counted; the values are indexes into <see cref="FileCensus.Counts"/>.</summary>
internal enum Metric
{
    Types,
    Interfaces,
    ValueTypes,
    GenericTypes,
    Fields,
    Properties,
    Attributes,
    Methods,
    MethodBodies,
    GenericInstantiations,
    IlBytes,
    Instructions,
    BasicBlocks,
    Branches,
    Loops,
    DeadStores,
    Handlers,
    Calls,
    CallsWithin,
    StringLiterals,
    StringCharacters,
    RecursiveMethods,
}
