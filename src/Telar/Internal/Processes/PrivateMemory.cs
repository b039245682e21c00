using System.Buffers.Text;

namespace Telar.Internal.Processes;

/// <summary>How much memory a process has in use that is its own: neither files, nor what it shares with others.</summary>
internal static class PrivateMemory
{
    private const int ResidentField = 1;
    private const int SharedField = 2;

    /// <summary>Looks.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>In bytes, as the kernel counts its resident anonymous pages; 0 when the process is gone, or there is no /proc.</returns>
    public static long Of(int pid)
    {
        // Seven numbers, in pages: size resident shared text lib data dt
        Span<byte> line = stackalloc byte[256];
        int length = ProcFile.Read(pid, "statm", line);
        if (length <= 0)
        {
            return 0;
        }

        long resident = 0;
        int field = 0;
        foreach (Range part in ((ReadOnlySpan<byte>)line[..length]).Split((byte)' '))
        {
            if (field > SharedField || !Utf8Parser.TryParse(line[part], out long pages, out _))
            {
                break;
            }

            switch (field++)
            {
                case ResidentField:
                    resident = pages;
                    break;
                case SharedField:
                    return Math.Max(0, resident - pages) * Environment.SystemPageSize;
            }
        }

        return 0;
    }
}
