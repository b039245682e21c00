namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>The error numbers of Windows that callers branch on.</summary>
        internal const int ERROR_FILE_NOT_FOUND = 2;
        internal const int ERROR_PATH_NOT_FOUND = 3;
        internal const int ERROR_ACCESS_DENIED = 5;
        internal const int ERROR_BAD_FORMAT = 11;
        internal const int ERROR_BROKEN_PIPE = 109;
        internal const int ERROR_INSUFFICIENT_BUFFER = 122;
        internal const int ERROR_BAD_EXE_FORMAT = 193;
        internal const int ERROR_FILENAME_EXCED_RANGE = 206;
        internal const int ERROR_NO_DATA = 232;
        internal const int ERROR_PIPE_NOT_CONNECTED = 233;
        internal const int ERROR_MORE_DATA = 234;
        internal const int ERROR_DIRECTORY = 267;
        internal const int ERROR_EXE_MACHINE_TYPE_MISMATCH = 216;
        internal const int ERROR_ELEVATION_REQUIRED = 740;
    }
}
