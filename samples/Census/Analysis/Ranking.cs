namespace Census.Analysis;

/// <summary>By what methods are ranked; the values are indexes into <see cref="FileCensus.Rankings"/>.</summary>
internal enum Ranking
{
    /// <summary>IL bytes.</summary>
    Size,

    /// <summary>Cyclomatic complexity: independent paths through the method.</summary>
    Complexity,

    /// <summary>Loops within loops.</summary>
    LoopDepth,

    /// <summary>Values on the evaluation stack at once.</summary>
    StackDepth,

    /// <summary>Local variables that are needed at the same time.</summary>
    LiveLocals,

    /// <summary>Distinct methods called.</summary>
    Callees,

    /// <summary>Distinct methods of the same assembly that call it.</summary>
    Callers,

    /// <summary>Methods that can all reach one another by calls: mutual recursion.</summary>
    CallCycle,
}
