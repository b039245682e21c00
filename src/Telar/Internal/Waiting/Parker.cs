using System.Diagnostics;

namespace Telar.Internal.Waiting;

// State machine (one word; see docs/design/waiting.md#parking)
//
//            Park                      Unpark
//   Idle ----------> Sleeping -----------------------> Permit      (Unpark also: Idle -> Permit, Permit -> Permit)
//    ^ ^                |  woken by chance, time over     |
//    | +----------------+                                 |
//    +---------------------- Park takes it ---------------+
//
// Invariants
//   I1  A permit that was given after the last Park returned makes the next Park return at once: no Unpark is lost.
//   I2  Park may return for no reason. Its caller looks at what he waits for, and parks again.
//   I3  The exchange of Unpark and the one that ends Park are full fences: what was written before Unpark is seen after Park.
// Locks
//   The fallback uses a Monitor: a leaf, under which only its own word is touched.
// Ownership
//   Only its thread parks. Anybody may unpark it at any time, also long after the wait that was meant.

/// <summary>Puts its thread to sleep and wakes it.</summary>
/// <remarks><b>Thread safety.</b> <see cref="Unpark"/> for any thread, the rest for its own thread.</remarks>
internal abstract class Parker
{
    /// <summary>Whether threads sleep in the kernel's futex call, and not in a monitor.</summary>
    internal static bool UsesFutex { get; } = OperatingSystem.IsLinux() && FutexWorks();

    internal static Parker Create() => UsesFutex ? new FutexParker() : new MonitorParker();

    /// <summary>Sleeps until there is a permit, and takes it; or until the deadline; or less.</summary>
    internal abstract void Park(WaitDeadline deadline);

    /// <summary>Gives the permit, and wakes the thread if it sleeps.</summary>
    internal abstract void Unpark();

    /// <summary>Ends a series of parks: does now what was put off meanwhile.</summary>
    internal virtual void Leave()
    {
    }

    // A sandbox may refuse the call, and a word of 64-bit times is needed, which deadlines are made of.
    private static unsafe bool FutexWorks()
    {
        int word = 0;
        return Environment.Is64BitProcess
            && Interop.Libc.SYS_futex != 0
            && Stopwatch.Frequency == 1_000_000_000
            && Interop.Libc.futex_wake(Interop.Libc.SYS_futex, &word, Interop.Libc.FUTEX_WAKE_PRIVATE, 1) == 0;
    }
}
