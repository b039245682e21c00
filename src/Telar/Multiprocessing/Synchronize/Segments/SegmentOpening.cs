namespace Telar.Multiprocessing.Synchronize;

/// <summary>Which segment of a name is wanted.</summary>
internal enum SegmentOpening
{
    /// <summary>The one that exists, or a new one.</summary>
    Any,

    /// <summary>The one that exists.</summary>
    Existing,
}
