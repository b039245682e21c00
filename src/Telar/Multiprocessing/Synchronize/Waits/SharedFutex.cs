using System.Runtime.InteropServices;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

/// <summary>Sleeps at words in memory that processes share.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</remarks>
internal static unsafe class SharedFutex
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>How many words one thread can sleep at.</summary>
    internal const int MostWords = Libc.FUTEX_WAITV_MAX;

    /// <summary>Whether a thread can sleep at several words (Linux 5.16).</summary>
    internal static bool CanWaitForMany { get; } = HasWaitv();

    /// <summary>Sleeps while the word is as given, until the moment, or for less.</summary>
    internal static void Sleep(int* word, int seen, long until)
    {
        Libc.Timespec end = Moment(until);
        _ = Libc.futex_wait(Libc.SYS_futex, word, Libc.FUTEX_WAIT_BITSET, seen, &end, 0, -1);
    }

    /// <summary>As <see cref="Sleep(int*, int, long)"/>, at a word that only this process has. <see cref="WakePrivate"/> wakes no other sleepers.</summary>
    internal static void SleepPrivate(int* word, int seen, long until)
    {
        Libc.Timespec end = Moment(until);
        _ = Libc.futex_wait(Libc.SYS_futex, word, Libc.FUTEX_WAIT_BITSET_PRIVATE, seen, &end, 0, -1);
    }

    /// <summary>Sleeps while all the words are as given, until the moment, or for less.</summary>
    internal static void Sleep(ReadOnlySpan<Libc.FutexWaitv> words, long until)
    {
        Libc.Timespec end = Moment(until);
        fixed (Libc.FutexWaitv* first = words)
        {
            _ = Libc.futex_waitv(Libc.SYS_futex_waitv, first, words.Length, 0, &end, Libc.CLOCK_MONOTONIC);
        }
    }

    /// <summary>A word of shared memory, for <see cref="Sleep(ReadOnlySpan{Libc.FutexWaitv}, long)"/>.</summary>
    internal static Libc.FutexWaitv Shared(int* word, int seen) =>
        new() { val = (uint)seen, uaddr = (ulong)word, flags = Libc.FUTEX2_SIZE_U32 };

    /// <summary>A word that only this process has.</summary>
    internal static Libc.FutexWaitv Private(int* word, int seen) =>
        new() { val = (uint)seen, uaddr = (ulong)word, flags = Libc.FUTEX2_SIZE_U32 | Libc.FUTEX2_PRIVATE };

    /// <summary>Wakes all who sleep at a word that only this process has.</summary>
    internal static void WakePrivate(int* word) => _ = Libc.futex_wake(Libc.SYS_futex, word, Libc.FUTEX_WAKE_PRIVATE, int.MaxValue);

    private static Libc.Timespec Moment(long timestamp) => new()
    {
        Seconds = timestamp / NanosecondsPerSecond,
        Nanoseconds = timestamp % NanosecondsPerSecond,
    };

    // No words at all: refused as such by who knows the call, and as a call by who does not, or by a sandbox.
    private static bool HasWaitv() =>
        OperatingSystem.IsLinux()
        && Libc.futex_waitv(Libc.SYS_futex_waitv, null, 0, 0, null, 0) != 0
        && Marshal.GetLastPInvokeError() == Errno.EINVAL;
}
