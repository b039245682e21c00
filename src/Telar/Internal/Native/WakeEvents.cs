using System.Collections.Concurrent;

namespace Telar.Internal.Native;

/// <summary>Events that threads wait with, kept for the next wait: making one costs two system calls.</summary>
/// <remarks><b>Thread safety.</b> All members may be called from any thread.</remarks>
internal static class WakeEvents
{
    private const int Kept = 8;

    private static readonly ConcurrentStack<EventDescriptor> s_idle = [];

    /// <summary>Gives an event that is not set.</summary>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static EventDescriptor Rent() => s_idle.TryPop(out EventDescriptor? idle) ? idle : new EventDescriptor();

    /// <summary>Takes back an event that nobody can set any more.</summary>
    /// <param name="wake">The event.</param>
    /// <param name="mayBeSet">Whether it may have been set since its last wait: then it is thrown away.</param>
    internal static void Return(EventDescriptor wake, bool mayBeSet)
    {
        if (mayBeSet || s_idle.Count >= Kept)
        {
            wake.Dispose();
        }
        else
        {
            s_idle.Push(wake);
        }
    }
}
