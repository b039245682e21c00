using System.Collections.Concurrent;

namespace Telar.Internal.Segments;

// Ownership
//   The files are not the set's: it only knows them. Whoever leaves one takes it out first.

/// <summary>Has this process leave its segments when it ends in an orderly way: .NET runs no finalizers then.</summary>
internal static class SegmentExit
{
    private static readonly ConcurrentDictionary<SegmentFile, bool> s_files = new();

    static SegmentExit() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => LeaveAll();

    /// <summary>Remembers a file that this process uses.</summary>
    internal static void Add(SegmentFile file) => s_files[file] = true;

    /// <summary>Forgets it.</summary>
    internal static void Remove(SegmentFile file) => s_files.TryRemove(file, out _);

    // The memory stays mapped, as threads may still be using it.
    private static void LeaveAll()
    {
        foreach (SegmentFile file in s_files.Keys)
        {
            try
            {
                file.Leave();
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The process ends, and the others are still to be left. What stays is the next sweep's.
            }
        }
    }
}
