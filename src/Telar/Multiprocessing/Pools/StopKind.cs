namespace Telar.Multiprocessing.Pools;

/// <summary>How a running call came to its end after it was told to stop.</summary>
internal enum StopKind
{
    /// <summary>It heard its token and returned.</summary>
    Cooperative,

    /// <summary>Its worker was killed.</summary>
    Killed,

    /// <summary>Its worker had not begun it; it never will.</summary>
    NotStarted,

    /// <summary>Its worker did not even die in time and was given up.</summary>
    Lost,
}
