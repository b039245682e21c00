using System.Globalization;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Messages;

/// <summary>What a return code says.</summary>
internal static class ReturnCodeText
{
    private const int ShellCannotExecute = 126;
    private const int ShellNotFound = 127;
    private const int ShellSignalBase = 128;
    private const int LastSignal = 64;

    private static readonly string[] s_shells = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish"];

    /// <summary><c>return code 3</c>, or <c>killed by SIGKILL</c>.</summary>
    internal static string Of(int code) => Of(code, OperatingSystem.IsWindows());

    internal static string Of(int code, bool isWindows) =>
        code == Subprocess.LostReturnCode ? "its return code was lost (other code in this process reaped it)"
        : code >= 0 ? string.Create(CultureInfo.InvariantCulture, $"return code {code}")
        : isWindows ? string.Create(CultureInfo.InvariantCulture, $"return code 0x{code:X8}{WindowsMeaning(code)}")
        : $"killed by {SignalName.Of(-code)}";

    /// <summary>What is usually behind a code; starts with a blank.</summary>
    /// <returns>Empty when there is nothing to say.</returns>
    internal static string Hint(CommandLine command, int code) => Hint(command, code, OperatingSystem.IsWindows());

    internal static string Hint(CommandLine command, int code, bool isWindows)
    {
        if (isWindows)
        {
            return "";
        }

        // Other programs that start programs (env, nice, docker) have taken these codes over from the shells.
        string teller = command.IsShell || s_shells.Contains(Path.GetFileName(command.FileName)) ? "the shell says:" : "as a shell would say:";
        return code switch
        {
            ShellNotFound => $" ({teller} program not found)",
            ShellCannotExecute => $" ({teller} found, but not an executable program, or no permission)",
            > ShellSignalBase and <= ShellSignalBase + LastSignal => $" ({teller} a program was killed by {SignalName.Of(code - ShellSignalBase)})",
            -(int)Signal.SIGKILL => " (if nobody sent it: memory ran out)",
            -(int)Signal.SIGSEGV or -(int)Signal.SIGBUS => " (the program used memory that is not its own)",
            -(int)Signal.SIGABRT => " (the program gave up itself)",
            -(int)Signal.SIGPIPE => " (nobody read its output any more)",
            -(int)Signal.SIGILL => " (an instruction that this processor does not have)",
            _ => "",
        };
    }

    private static string WindowsMeaning(int code) => unchecked((uint)code) switch
    {
        0xC000_0005 => " (access to memory that is not its own)",
        0xC000_00FD => " (stack overflow)",
        0xC000_0135 => " (a DLL was not found)",
        0xC000_013A => " (Ctrl-C)",
        0xC000_0409 => " (the program gave up itself)",
        _ => "",
    };
}
