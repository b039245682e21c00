using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  Raise writes the word and then wakes; a sleeper gives the kernel the value that it last saw. So no Raise is slept through.
// Locks
//   None.
// Ownership
//   The word lives as long as this object, which every registration and every sleeper refers to.

/// <summary>A word beside the shared one, by which a sleeper of this process alone is woken.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal sealed unsafe class CancelWord
{
    // Pinned: the kernel is given its address.
    private readonly int[] _memory = GC.AllocateArray<int>(1, pinned: true);

    /// <summary>How often it was raised.</summary>
    internal int Value => Volatile.Read(ref _memory[0]);

    private int* Address => (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);

    /// <summary>Wakes the sleeper, now or when it goes to sleep with an older value.</summary>
    internal void Raise()
    {
        Interlocked.Increment(ref _memory[0]);
        SharedFutex.WakePrivate(Address);
        GC.KeepAlive(this);
    }

    /// <summary>Sleeps while the value is as given, until the moment, or for less.</summary>
    internal void Sleep(int seen, long until)
    {
        SharedFutex.SleepPrivate(Address, seen, until);
        GC.KeepAlive(this);
    }

    /// <summary>For the array that the kernel is given; valid while the caller keeps this object.</summary>
    internal Libc.FutexWaitv Unless(int seen) => SharedFutex.Private(Address, seen);
}
