using System.Runtime.InteropServices;

namespace Telar.CPython.Hosting;

/// <summary>What an <c>OSError</c> of Python is made of.</summary>
internal static class SystemFault
{
    /// <summary>The key in <see cref="Exception.Data"/> of the file that is at fault, where the exception has no place for it.</summary>
    public const string FileName = "file name";

    private const int ENOENT = 2;
    private const int EACCES = 13;

    /// <summary>The error's number, the system's words for it, and the file: the arguments of an <c>OSError</c>.</summary>
    public static object?[] Of(Exception exception)
    {
        int number = exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => ENOENT,
            UnauthorizedAccessException => exception.HResult is > 0 and var errno ? errno : EACCES,
            _ => exception.HResult,
        };
        string? file = (exception as FileNotFoundException)?.FileName ?? (string?)exception.Data[FileName];
        return [number, Marshal.GetPInvokeErrorMessage(number), file];
    }
}
