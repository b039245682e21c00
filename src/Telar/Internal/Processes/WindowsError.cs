using System.Runtime.InteropServices;

namespace Telar.Internal.Processes;

/// <summary>Turns error numbers of Windows into words.</summary>
internal static class WindowsError
{
    private const int FacilityWin32 = unchecked((int)0x8007_0000);

    /// <summary>Whether a write or a read failed because nobody holds the other end of the pipe any more.</summary>
    /// <param name="exception">What .NET or this library threw.</param>
    /// <returns>Whether it did.</returns>
    internal static bool IsBrokenPipe(IOException exception) => (exception.HResult ^ FacilityWin32) is
        Interop.Kernel32.ERROR_BROKEN_PIPE or Interop.Kernel32.ERROR_NO_DATA or Interop.Kernel32.ERROR_PIPE_NOT_CONNECTED;

    /// <summary>Says an error number: <c>The handle is invalid (error 6)</c>.</summary>
    /// <param name="error">The error number.</param>
    /// <returns>The words, without a full stop.</returns>
    internal static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error).TrimEnd('.', ' ', '\r', '\n')} (error {error})";

    /// <summary>An exception for a call that failed.</summary>
    /// <param name="error">The error number.</param>
    /// <param name="doing">What failed, as a clause: <c>Making a pipe failed</c>.</param>
    /// <returns>The exception to throw.</returns>
    internal static IOException Exception(int error, string doing) => new($"{doing}: {Describe(error)}.", FacilityWin32 | error);

    /// <summary>An exception for the P/Invoke that has just failed on this thread.</summary>
    /// <param name="doing">What failed, as a clause.</param>
    /// <returns>The exception to throw.</returns>
    internal static IOException LastException(string doing) => Exception(Marshal.GetLastPInvokeError(), doing);
}
