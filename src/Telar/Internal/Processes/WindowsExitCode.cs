using System.Globalization;

namespace Telar.Internal.Processes;

/// <summary>Exit codes of Windows that say how a program died: to a person they are hexadecimal, with a name.</summary>
internal static class WindowsExitCode
{
    /// <summary>Names an exit code.</summary>
    /// <param name="code">The code.</param>
    /// <returns><c>0xC0000005, access violation</c>; null for a code that a program chose.</returns>
    internal static string? Name(int code)
    {
        if (code >= 0)
        {
            return null;
        }

        uint status = unchecked((uint)code);
        string? name = status switch
        {
            0x8000_0003 => "breakpoint",
            0xC000_0005 => "access violation",
            0xC000_0017 => "out of memory",
            0xC000_001D => "illegal instruction",
            0xC000_0094 => "division by zero",
            0xC000_00FD => "stack overflow",
            0xC000_0135 => "a DLL was not found",
            0xC000_013A => "Ctrl-C",
            0xC000_0139 => "a function was not found in a DLL",
            0xC000_0142 => "a DLL failed to start",
            0xC000_0374 => "heap corruption",
            0xC000_0409 => "fail-fast",
            0xE043_4352 => "unhandled .NET exception",
            _ => null,
        };
        return string.Create(CultureInfo.InvariantCulture, $"0x{status:X8}{(name is null ? "" : ", ")}{name}");
    }
}
