namespace Telar.Internal.Native;

/// <summary>The operating system's number of the calling thread.</summary>
/// <remarks>Linux, Windows and macOS; 0 elsewhere. Only the Linux form is tested.</remarks>
internal static class NativeThread
{
    [ThreadStatic]
    private static long t_id;

    /// <summary>The number, as debuggers and <c>/proc</c> show it.</summary>
    public static long CurrentId => t_id != 0 ? t_id : t_id = Ask();

    private static long Ask()
    {
        if (OperatingSystem.IsLinux())
        {
            return Interop.Libc.gettid();
        }

        if (OperatingSystem.IsWindows())
        {
            return Interop.Kernel32.GetCurrentThreadId();
        }

        return OperatingSystem.IsMacOS() && Interop.LibSystem.pthread_threadid_np(0, out ulong number) == 0 ? (long)number : 0;
    }
}
