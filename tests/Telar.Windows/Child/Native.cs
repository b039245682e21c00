using System.Runtime.InteropServices;

namespace Telar.Windows.Child;

/// <summary>What the tests ask Windows for, and the library does not.</summary>
internal static unsafe partial class Native
{
    internal static string StartupFlagsAndWindow()
    {
        Interop.Kernel32.StartupInfoEx info;
        GetStartupInfoW(&info);
        return $"{info.Flags & Interop.Kernel32.STARTF_USESHOWWINDOW} {info.ShowWindow}";
    }

    internal static string[] SplitBySystem(string line)
    {
        char** words = CommandLineToArgvW(line, out int count);
        try
        {
            return [.. Enumerable.Range(0, count).Select(i => new string(words[i]))];
        }
        finally
        {
            _ = LocalFree((nint)words);
        }
    }

    [LibraryImport("kernel32.dll")]
    private static partial void GetStartupInfoW(Interop.Kernel32.StartupInfoEx* info);

    [LibraryImport("shell32.dll", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    private static partial char** CommandLineToArgvW(string line, out int count);

    [LibraryImport("kernel32.dll")]
    private static partial nint LocalFree(nint memory);
}
