namespace Telar.Threading;

/// <summary>A lock as messages, dumps and the deadlock detector speak of it.</summary>
internal interface ITrackedLock
{
    /// <summary>Its name, if it was given one.</summary>
    string? Name { get; }

    /// <summary>Who holds it and since when, kept here by <see cref="LockTracking"/> while that is on.</summary>
    LockHolding? Holding { get; set; }
}
