namespace Telar.Litmus.Harness;

/// <summary>What an outcome means.</summary>
internal enum Verdict
{
    /// <summary>It may happen.</summary>
    Allowed,

    /// <summary>It must be seen: otherwise the two sides did not race, and the run proves nothing.</summary>
    Wanted,

    /// <summary>It must never happen.</summary>
    Forbidden,
}
