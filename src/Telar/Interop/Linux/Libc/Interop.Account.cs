using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>
        /// The common beginning of struct passwd and struct group in glibc and musl: the name, the password, the number. Long
        /// enough for either.
        /// </summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct Account
        {
            internal nint Name;
            internal nint Password;
            internal uint Number;
            private Unused _unused;

            [InlineArray(6)]
            private struct Unused
            {
                private nint _element;
            }
        }
    }
}
