using System.Globalization;

namespace Telar.Internal.Processes;

/// <summary>The names of the signals of Linux on x86-64, arm64 and RISC-V.</summary>
internal static class SignalName
{
    private const int FirstRealTime = 34;
    private const int LastRealTime = 64;

    private static readonly string[] s_names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR",
        "SIGSYS",
    ];

    /// <summary>Names a signal.</summary>
    /// <param name="signal">Its number.</param>
    /// <returns><c>SIGKILL</c>, <c>SIGRTMIN+2</c>, or <c>signal 200</c> for one that does not exist.</returns>
    internal static string Of(int signal)
    {
        if (signal > 0 && signal < s_names.Length)
        {
            return s_names[signal];
        }

        if (signal == FirstRealTime)
        {
            return "SIGRTMIN";
        }

        return signal is > FirstRealTime and <= LastRealTime
            ? string.Create(CultureInfo.InvariantCulture, $"SIGRTMIN+{signal - FirstRealTime}")
            : string.Create(CultureInfo.InvariantCulture, $"signal {signal}");
    }
}
