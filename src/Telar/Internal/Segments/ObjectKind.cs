namespace Telar.Internal.Segments;

/// <summary>What an <see cref="ObjectSegment"/> holds. The numbers are in the segments: never change one.</summary>
internal enum ObjectKind
{
    /// <summary>Not used.</summary>
    None = 0,

    /// <summary>A lock.</summary>
    Lock = 1,

    /// <summary>A lock that its owner may take again.</summary>
    RLock = 2,

    /// <summary>A semaphore.</summary>
    Semaphore = 3,

    /// <summary>A semaphore that knows who has its units.</summary>
    BoundedSemaphore = 4,

    /// <summary>A condition.</summary>
    Condition = 5,

    /// <summary>An event.</summary>
    Event = 6,

    /// <summary>A barrier.</summary>
    Barrier = 7,

    /// <summary>A value or an array.</summary>
    Values = 8,
}
