using System.Runtime.CompilerServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>sigset_t: 1024 bits, bit 0 for signal 1.</summary>
        [InlineArray(16)]
        internal struct SignalSet
        {
            private ulong _word;

            internal void Add(int signal) => this[(signal - 1) / 64] |= 1UL << ((signal - 1) % 64);
        }
    }
}
