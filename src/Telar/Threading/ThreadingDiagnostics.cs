using System.Diagnostics;
using System.Globalization;
using System.Text;
using Telar.Internal.Waiting;

namespace Telar.Threading;

/// <summary>Looks into the locks of the whole process: who holds, who waits, and who waits for himself.</summary>
/// <remarks>
/// <para>Python has <c>faulthandler.dump_traceback</c> for a part of it.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public static class ThreadingDiagnostics
{
    private const string Switch = "Telar.Threading.DetectDeadlocks";
    private const string Variable = "TELAR_DEADLOCKS";

    /// <summary>Raised in the thread that found a deadlock, before the exception is thrown there.</summary>
    /// <remarks>What a handler throws takes the place of the <see cref="DeadlockException"/>.</remarks>
    public static event EventHandler<DeadlockException>? DeadlockDetected;

    /// <summary>Whether a thread that would wait for ever in a circle of locks gets a <see cref="DeadlockException"/> instead.</summary>
    /// <value>
    /// <see langword="false"/>, unless the environment variable <c>TELAR_DEADLOCKS</c> is <c>1</c> or the AppContext switch
    /// <c>Telar.Threading.DetectDeadlocks</c> is set. Locks that were acquired before it was switched on are not known.
    /// </value>
    /// <remarks>
    /// <para>
    /// It looks at waits without a time-out for a <see cref="Lock"/> or an <see cref="RLock"/>, including those of a condition. What an
    /// <see langword="await"/> holds belongs to no thread, and is never part of a circle. A <see cref="Lock"/> counts as held by the thread that
    /// acquired it until somebody releases it: in a program in which one thread acquires and another releases, a circle may be none.
    /// Use an event or a semaphore there.
    /// </para>
    /// <para>While it is on, each acquisition is written down and each wait records its stack: for finding errors, not for daily use.</para>
    /// </remarks>
    public static bool DetectDeadlocks
    {
        get => LockTracking.IsOn;
        set
        {
            LockTracking.IsOn = value;
            if (!value)
            {
                LockTracking.Clear();
            }
        }
    }

    /// <summary>Whether the process was started with the detector on.</summary>
    internal static bool IsOnAtStart =>
        Environment.GetEnvironmentVariable(Variable) == "1" || (AppContext.TryGetSwitch(Switch, out bool isOn) && isOn);

    /// <summary>What another part of the library adds to a dump: a line for each thread it knows.</summary>
    internal static Func<IEnumerable<string>>? DescribeThreads { get; set; }

    /// <summary>Describes the threads that wait, for what and since when, and the locks that are held.</summary>
    /// <returns>
    /// Some lines of text for a reader. Threads that block at something of Telar's are always listed; held locks are while
    /// <see cref="DetectDeadlocks"/> is on.
    /// </returns>
    /// <remarks>
    /// It stops nobody: a wait may be over when it is read. The names of threads and primitives appear, so give them some.
    /// </remarks>
    public static string DumpState()
    {
        StringBuilder text = new();
        if (DescribeThreads?.Invoke() is { } threads)
        {
            Section(text, "Threads", [.. threads]);
        }

        Section(text, "Waiting", [.. WaitingThreads.Waiting().Select(Line).OfType<string>()]);
        if (DetectDeadlocks)
        {
            Section(text, "Held", [.. LockTracking.Held().Select(Line)]);
        }
        else
        {
            text.AppendLine("Held: not recorded. Set ThreadingDiagnostics.DetectDeadlocks, or TELAR_DEADLOCKS=1, to see who holds what.");
        }

        return text.ToString();
    }

    internal static void OnDeadlock(DeadlockException found) => DeadlockDetected?.Invoke(null, found);

    private static void Section(StringBuilder text, string title, string[] lines)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"{title}: {lines.Length}");
        foreach (string line in lines)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {line}");
        }
    }

    private static string? Line(ThreadWaiter waiter)
    {
        // Both change when the wait ends.
        IWaitOwner? owner = waiter.Owner;
        string? purpose = waiter.Purpose;
        return owner is null ? null : $"{waiter.Describe()} waits {purpose ?? "at"} {owner} for {Stopwatch.GetElapsedTime(waiter.Since):c}";
    }

    private static string Line((ITrackedLock Lock, LockHolding Holding) held) =>
        $"{(held.Holding.Thread is { } thread ? Describe.Thread(thread) : "an await")} holds {held.Lock} " +
        $"for {Stopwatch.GetElapsedTime(held.Holding.Since):c}";
}
