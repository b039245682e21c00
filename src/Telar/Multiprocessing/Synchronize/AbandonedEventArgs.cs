namespace Telar.Multiprocessing;

/// <summary>Says that a process died while it held a lock.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed class AbandonedEventArgs : EventArgs
{
    internal AbandonedEventArgs(int? processId, int count)
    {
        ProcessId = processId;
        Count = count;
    }

    /// <summary>The process that died last; <see langword="null"/> when it is not known any more.</summary>
    public int? ProcessId { get; }

    /// <summary>How often that has happened to this lock so far, 1 or more.</summary>
    public int Count { get; }
}
