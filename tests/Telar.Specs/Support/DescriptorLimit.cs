using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar.Specs.Support;

/// <summary>Takes the free descriptors away from this process, and gives them back.</summary>
/// <remarks>
/// By the limit, and not by opening files until it is reached: the runtime itself ends the process now and then when it throws an exception at
/// a moment in which it can open nothing.
/// </remarks>
internal static partial class DescriptorLimit
{
    private const int OfOpenFiles = 7; // RLIMIT_NOFILE

    /// <summary>From now on nothing can be opened.</summary>
    public static void Close()
    {
        Limits limits = Read();
        using SafeFileHandle lowestFree = File.OpenHandle("/dev/null");
        limits.Soft = (nuint)lowestFree.DangerousGetHandle();
        Write(limits);
    }

    /// <summary>The soft limit is the hard one again.</summary>
    public static void Open()
    {
        Limits limits = Read();
        limits.Soft = limits.Hard;
        Write(limits);
    }

    private static Limits Read()
    {
        Assert.Equal(0, getrlimit(OfOpenFiles, out Limits limits));
        return limits;
    }

    private static void Write(Limits limits) => Assert.Equal(0, setrlimit(OfOpenFiles, limits));

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out Limits limits);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in Limits limits);

    private struct Limits
    {
        public nuint Soft;
        public nuint Hard;
    }
}
