namespace Telar.Multiprocessing;

/// <summary>Where connections work.</summary>
internal static class ConnectionPlatform
{
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    internal static void ThrowIfMissing()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "Connections need Linux: they stand on its sockets and on passing descriptors with them. On this system use a named pipe or a TCP socket of .NET.");
        }
    }
}
