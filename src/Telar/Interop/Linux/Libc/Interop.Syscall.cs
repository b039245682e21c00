using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>FUTEX_WAIT_BITSET of a word that no other process sees: its deadline is a time of CLOCK_MONOTONIC, not a span.</summary>
        internal const int FUTEX_WAIT_BITSET_PRIVATE = 9 | 128;
        internal const int FUTEX_WAKE_PRIVATE = 1 | 128;

        /// <summary>As <see cref="FUTEX_WAIT_BITSET_PRIVATE"/>, for a word in memory that processes share.</summary>
        internal const int FUTEX_WAIT_BITSET = 9;
        internal const int FUTEX_WAKE = 1;

        /// <summary>The number of the futex call, 0 on an architecture for which nobody has looked it up.</summary>
        internal static readonly int SYS_futex = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 202,
            Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 98,
            _ => 0,
        };

        /// <summary>A system call that the C library has no function for, or had none for long.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5);

        /// <summary>Sleeps while the word has this value. Its error says nothing that a look at word and clock does not.</summary>
        [LibraryImport(LibraryName, EntryPoint = "syscall")]
        internal static partial nint futex_wait(nint number, int* word, nint op, nint value, Timespec* deadline, nint unused, nint bits);

        /// <summary>Wakes sleepers of a word. It cannot block, so the garbage collector may wait for it.</summary>
        [SuppressGCTransition]
        [LibraryImport(LibraryName, EntryPoint = "syscall")]
        internal static partial nint futex_wake(nint number, int* word, nint op, nint count);

        /// <summary>Sleeps while all words are as given, until a moment of CLOCK_MONOTONIC.</summary>
        [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint futex_waitv(nint number, FutexWaitv* waiters, nint count, nint flags, Timespec* deadline, nint clock);
    }
}
