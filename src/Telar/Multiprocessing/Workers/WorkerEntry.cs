using System.Diagnostics;
using System.Globalization;

namespace Telar.Multiprocessing.Workers;

/// <summary>Recognises that this process is to be a worker, repairs its environment and hands over to <see cref="WorkerHost"/>.</summary>
// The parent says "be a worker" in environment variables, and everything it wants to say beyond that on the socket:
//   TELAR_WORKER          parent's process id, then ';standby' for one that is made in advance
//   TELAR_WORKER_RESTORE  lines NAME=value or NAME: what the variables the parent had to change were before
//   TELAR_WORKER_PADDING  see PaddingVariable
// All are gone, and the others restored, before a line of the user's code runs: whatever the worker itself starts must not
// take itself for a worker.
// Invariants
//   I1  s_isWorker only goes from 0 to 1, before any user code and any other thread runs.
internal static class WorkerEntry
{
    public const string Variable = "TELAR_WORKER";
    public const string RestoreVariable = "TELAR_WORKER_RESTORE";
    public const string StandbyMark = "standby";

    /// <summary>Comes first in a worker's environment and holds nothing: memory behind the arguments that its title may take.</summary>
    public const string PaddingVariable = "TELAR_WORKER_PADDING";
    public const int PaddingLength = 96;

    /// <summary>The descriptors that a worker finds open beside the three standard ones.</summary>
    public const int DataDescriptor = 3;
    public const int ControlDescriptor = 4;
    public const int PageDescriptor = 5;
    public const int LifelineDescriptor = 6;

    private static int s_isWorker;

    public static bool IsWorker => Volatile.Read(ref s_isWorker) != 0;

    /// <summary>Runs the worker and ends the process when this is one; else returns at once.</summary>
    [StackTraceHidden]
    public static void RunIfWorker()
    {
        string? mark = Environment.GetEnvironmentVariable(Variable);
        if (mark is null || IsWorker)
        {
            return;
        }

        Volatile.Write(ref s_isWorker, 1);
        Restore();
        int separator = mark.IndexOf(';', StringComparison.Ordinal);
        ReadOnlySpan<char> parent = separator < 0 ? mark : mark.AsSpan(0, separator);
        bool standby = separator >= 0 && mark.AsSpan(separator + 1).SequenceEqual(StandbyMark);
        WorkerHost.Run(int.Parse(parent, NumberStyles.None, CultureInfo.InvariantCulture), standby);
    }

    /// <summary>
    /// Stops a process that was started as a worker but whose entry was never called, before it can start workers of its own.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is such a process.</exception>
    public static void ThrowIfEntryWasMissed()
    {
        if (!IsWorker && Environment.GetEnvironmentVariable(Variable) is not null)
        {
            throw new InvalidOperationException(
                "This process was started as a Telar worker, but its start-up hook was not run and Main was: start-up hooks are "
                + "switched off in it. Call Telar.Multiprocessing.ProcessHost.FreezeSupport() as the first statement of Main, or "
                + "build with <StartupHookSupport>true</StartupHookSupport>. No worker is started from here.");
        }
    }

    private static void Restore()
    {
        string? restore = Environment.GetEnvironmentVariable(RestoreVariable);
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable(RestoreVariable, null);
        Environment.SetEnvironmentVariable(PaddingVariable, null);
        if (restore is null)
        {
            return;
        }

        foreach (string line in restore.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                Environment.SetEnvironmentVariable(line, null);
            }
            else
            {
                Environment.SetEnvironmentVariable(line[..equals], line[(equals + 1)..]);
            }
        }
    }
}
