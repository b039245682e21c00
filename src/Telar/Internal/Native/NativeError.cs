using System.Runtime.InteropServices;
using static Telar.Interop.Errno;

namespace Telar.Internal.Native;

/// <summary>Turns error numbers of the system into words.</summary>
internal static class NativeError
{
    /// <summary>Says an error number as a person looks for it: <c>EMFILE (Too many open files)</c>.</summary>
    /// <param name="errno">The error number.</param>
    /// <returns>The name, where it is one of the usual ones, and the system's text.</returns>
    internal static string Describe(int errno)
    {
        string text = Marshal.GetPInvokeErrorMessage(errno);
        return $"{Name(errno) ?? $"errno {errno}"} ({text})";
    }

    /// <summary>An exception for a call that failed.</summary>
    /// <param name="errno">The error number; it becomes <see cref="Exception.HResult"/>, as the BCL does it.</param>
    /// <param name="doing">What failed, as a clause: <c>Making a pipe failed</c>.</param>
    /// <returns>The exception to throw.</returns>
    internal static IOException Exception(int errno, string doing) =>
        new($"{doing}: {Describe(errno)}.{Advice(errno)}", errno);

    /// <summary>An exception for the P/Invoke that has just failed on this thread.</summary>
    /// <param name="doing">What failed, as a clause.</param>
    /// <returns>The exception to throw.</returns>
    internal static IOException LastException(string doing) => Exception(Marshal.GetLastPInvokeError(), doing);

    /// <summary>What a developer can do about an error, as a sentence with a leading space, or nothing.</summary>
    /// <param name="errno">The error number.</param>
    /// <returns>The sentence.</returns>
    internal static string Advice(int errno) => errno switch
    {
        EMFILE => " This process has all the descriptors that it may have: dispose handles, or raise 'ulimit -n'.",
        ENFILE => " The whole machine has run out of open files (fs.file-max).",
        EAGAIN => " A limit on processes is the usual cause: 'ulimit -u', or pids.max of the cgroup (container).",
        ECONNREFUSED => " Nobody listens there: it is not up yet, or has ended.",
        ENOMEM => " There is not enough memory, or the limit of the cgroup (container) is reached.",
        _ => "",
    };

    private static string? Name(int errno) => errno switch
    {
        EPERM => nameof(EPERM),
        ENOENT => nameof(ENOENT),
        ESRCH => nameof(ESRCH),
        EINTR => nameof(EINTR),
        E2BIG => nameof(E2BIG),
        ENOEXEC => nameof(ENOEXEC),
        EBADF => nameof(EBADF),
        ECHILD => nameof(ECHILD),
        EAGAIN => nameof(EAGAIN),
        ENOMEM => nameof(ENOMEM),
        EACCES => nameof(EACCES),
        ENOTDIR => nameof(ENOTDIR),
        EISDIR => nameof(EISDIR),
        EINVAL => nameof(EINVAL),
        ENFILE => nameof(ENFILE),
        EMFILE => nameof(EMFILE),
        ETXTBSY => nameof(ETXTBSY),
        ENOSPC => nameof(ENOSPC),
        EPIPE => nameof(EPIPE),
        ENAMETOOLONG => nameof(ENAMETOOLONG),
        ENOSYS => nameof(ENOSYS),
        ELOOP => nameof(ELOOP),
        ECONNRESET => nameof(ECONNRESET),
        ECONNREFUSED => nameof(ECONNREFUSED),
        _ => null,
    };
}
