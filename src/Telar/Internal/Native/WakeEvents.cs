namespace Telar.Internal.Native;

/// <summary>Events that threads wait with, kept for the next wait: making one costs two system calls.</summary>
/// <remarks><b>Thread safety.</b> All members may be called from any thread.</remarks>
// Locks
//   s_gate guards s_idle. It is a leaf, and no system call is made under it.
internal static class WakeEvents
{
    private const int Kept = 8;

    private static readonly Lock s_gate = new();
    private static readonly Stack<EventDescriptor> s_idle = new(Kept);

    /// <summary>Gives an event that is not set.</summary>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static EventDescriptor Rent()
    {
        lock (s_gate)
        {
            if (s_idle.TryPop(out EventDescriptor? idle))
            {
                return idle;
            }
        }

        return new EventDescriptor();
    }

    /// <summary>Takes back an event that nobody can set any more.</summary>
    /// <param name="wake">The event.</param>
    /// <param name="mayBeSet">Whether it may have been set since its last wait: then it is thrown away.</param>
    internal static void Return(EventDescriptor wake, bool mayBeSet)
    {
        if (!mayBeSet)
        {
            lock (s_gate)
            {
                if (s_idle.Count < Kept)
                {
                    s_idle.Push(wake);
                    return;
                }
            }
        }

        wake.Dispose();
    }
}
