using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// Locks
//   s_gate is a leaf: it guards s_image while the one image is made.
// Ownership
//   The image lives as long as the process.

/// <summary>
/// The tiny program that does in the child what posix_spawn cannot say: exec-helper.c, beside this file. It is a resource of
/// this assembly, and runs from a file in memory, so nothing has to be installed.
/// </summary>
internal static class ExecHelper
{
    /// <summary>What the helper writes when something failed: the step or -1, the error, the file.</summary>
    internal const int ReportSize = 3 * sizeof(int);

    private static readonly Lock s_gate = new();
    private static SafeFileHandle? s_image;

    /// <summary>The name of the resource for this machine; null where there is none.</summary>
    internal static string? ResourceName { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "exec-helper-x64",
        Architecture.Arm64 => "exec-helper-arm64",
        _ => null,
    };

    /// <summary>The open, sealed image. Made at the first call; one descriptor of this process.</summary>
    /// <param name="option">The option that needs it, for messages.</param>
    /// <returns>The image; nobody disposes it.</returns>
    /// <exception cref="PlatformNotSupportedException">There is no helper for this architecture.</exception>
    /// <exception cref="IOException">The system has no descriptors or no memory left.</exception>
    internal static SafeFileHandle Image(string option)
    {
        lock (s_gate)
        {
            return s_image ??= Make(option);
        }
    }

    private static SafeFileHandle Make(string option)
    {
        string name = ResourceName ?? throw new PlatformNotSupportedException(
            $"The option {option} needs the exec helper, a small program that runs in the child before yours, and there is none for "
            + $"{RuntimeInformation.ProcessArchitecture} yet: only for x64 and arm64. Start the program by a wrapper (setpriv, prlimit, nice).");
        using Stream resource = typeof(ExecHelper).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing in this build of the library.");
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);

        // The name is what the system calls the process until it has become the program.
        const string Title = "telar-exec-helper";
        const uint Flags = Interop.Libc.MFD_CLOEXEC | Interop.Libc.MFD_ALLOW_SEALING;
        SafeFileHandle image = Interop.Libc.memfd_create(Title, Flags | Interop.Libc.MFD_EXEC);
        if (image.IsInvalid && Marshal.GetLastPInvokeError() == Interop.Errno.EINVAL)
        {
            image = Interop.Libc.memfd_create(Title, Flags);
        }

        if (image.IsInvalid)
        {
            throw NativeError.LastException("Making a file in memory for the exec helper failed");
        }

        try
        {
            DescriptorIO.Write(image, bytes);
        }
        catch
        {
            image.Dispose();
            throw;
        }

        // Nobody can change it from now on. A kernel that refuses has lost nothing but this.
        const int Seals = Interop.Libc.F_SEAL_SEAL | Interop.Libc.F_SEAL_SHRINK | Interop.Libc.F_SEAL_GROW | Interop.Libc.F_SEAL_WRITE;
        _ = Interop.Libc.fcntl(image, Interop.Libc.F_ADD_SEALS, Seals);
        return image;
    }
}
