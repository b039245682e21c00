using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        // One of the few calls whose number depends on the architecture. glibc has a function for it only since 2.30.
        private static readonly int s_gettid = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 186,
            Architecture.X86 or Architecture.Arm or Architecture.Armv6 => 224,
            Architecture.S390x => 236,
            Architecture.Ppc64le => 207,
            _ => 178, // the generic table: arm64, riscv64, loongarch64
        };

        /// <summary>The kernel's number of the calling thread.</summary>
        internal static int gettid() => (int)syscall(s_gettid, 0, 0, 0, 0, 0);
    }
}
