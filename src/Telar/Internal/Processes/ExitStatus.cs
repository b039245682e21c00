using System.Globalization;

namespace Telar.Internal.Processes;

/// <summary>How a child process ended, and what it used.</summary>
/// <remarks>There is no status of a running child: <c>default</c> reads as exit code 0 and must not be used as one.</remarks>
internal readonly record struct ExitStatus
{
    /// <summary>The code of a status that was lost: no program can end with it, and it is not success.</summary>
    internal const int LostCode = int.MinValue;

    private ExitStatus(int code, int signal)
    {
        Code = code;
        Signal = signal;
    }

    /// <summary>The code as Python gives it.</summary>
    /// <value>0 or above: the exit code; -n: killed by signal n; <see cref="LostCode"/>: nobody knows.</value>
    internal int Code { get; }

    /// <summary>The signal that killed the child, or 0.</summary>
    internal int Signal { get; }

    /// <summary>Whether a signal killed the child; exit code 137 of a shell is not that.</summary>
    internal bool IsSignal => Signal != 0;

    /// <summary>Whether nobody knows how it ended: another part of this process reaped it, and the kernel did not keep it.</summary>
    internal bool IsLost => Code == LostCode;

    /// <summary>Whether it ended by itself with exit code 0.</summary>
    internal bool IsSuccess => Code == 0;

    /// <summary>The name of the signal, <c>SIGKILL</c>, or null when no signal killed the child.</summary>
    internal string? SignalName => IsSignal ? Processes.SignalName.Of(Signal) : null;

    /// <summary>Whether the kernel wrote a core dump.</summary>
    internal bool DumpedCore { get; private init; }

    /// <summary>Processor time in user code; null when it is not known.</summary>
    internal TimeSpan? UserTime { get; init; }

    /// <summary>Processor time in the kernel; null when it is not known.</summary>
    internal TimeSpan? SystemTime { get; init; }

    /// <summary>Peak resident memory; null when it is not known, or hidden by this process's own peak.</summary>
    internal long? MaxResidentBytes { get; init; }

    /// <summary>A child that ended by itself.</summary>
    /// <param name="code">Its exit code; on Windows any number.</param>
    /// <returns>The status.</returns>
    internal static ExitStatus Exited(int code) => new(code, 0);

    /// <summary>A child that a signal killed.</summary>
    /// <param name="signal">The signal's number.</param>
    /// <param name="dumpedCore">Whether there is a core dump.</param>
    /// <returns>The status.</returns>
    internal static ExitStatus KilledBy(int signal, bool dumpedCore = false) =>
        new(-signal, signal) { DumpedCore = dumpedCore };

    /// <summary>A child that ended, nobody knows how.</summary>
    /// <returns>The status.</returns>
    internal static ExitStatus Lost() => new(LostCode, 0);

    /// <summary>Says it: <c>exit code 3</c>, <c>killed by SIGKILL</c>.</summary>
    /// <returns>The words.</returns>
    public override string ToString()
    {
        if (IsLost)
        {
            return "exit status lost (other code in this process reaped the child)";
        }

        return IsSignal
            ? $"killed by {SignalName}{(DumpedCore ? " (core dumped)" : "")}"
            : string.Create(CultureInfo.InvariantCulture, $"exit code {Code}");
    }
}
