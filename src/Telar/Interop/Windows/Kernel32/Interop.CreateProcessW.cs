using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Kernel32
    {
        internal const uint CREATE_SUSPENDED = 0x4;
        internal const uint DETACHED_PROCESS = 0x8;
        internal const uint CREATE_NEW_CONSOLE = 0x10;
        internal const uint CREATE_NEW_PROCESS_GROUP = 0x200;
        internal const uint CREATE_UNICODE_ENVIRONMENT = 0x400;
        internal const uint EXTENDED_STARTUPINFO_PRESENT = 0x80000;
        internal const uint CREATE_NO_WINDOW = 0x0800_0000;

        /// <summary>Starts a program. The command line is written to by the system, so it must be the caller's own copy.</summary>
        [LibraryImport("kernel32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool CreateProcessW(
            string applicationName,
            char* commandLine,
            nint processAttributes,
            nint threadAttributes,
            [MarshalAs(UnmanagedType.Bool)] bool inheritHandles,
            uint creationFlags,
            char* environment,
            string? currentDirectory,
            StartupInfoEx* startupInfo,
            ProcessInformation* processInformation);
    }
}
