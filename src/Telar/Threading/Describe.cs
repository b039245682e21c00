using System.Diagnostics;
using System.Globalization;
using Telar.Internal.Waiting;

namespace Telar.Threading;

/// <summary>The texts that the primitives have in common.</summary>
internal static class Describe
{
    /// <summary>As in <c>Lock 'orders' (locked, 2 waiting)</c>.</summary>
    internal static string Primitive(object primitive, string? name, string state, int waiting)
    {
        string label = Label(primitive, name);
        return waiting == 0
            ? $"{label} ({state})"
            : string.Create(CultureInfo.InvariantCulture, $"{label} ({state}, {waiting} waiting)");
    }

    /// <summary>As in <c>Lock 'orders'</c>.</summary>
    internal static string Label(object primitive, string? name) =>
        name is null ? primitive.GetType().Name : $"{primitive.GetType().Name} '{name}'";

    internal static SynchronizationLockException NotHeld(object primitive) => new(
        $"Release of {primitive}: nobody holds it, so there is nothing to release. Each Release follows one Acquire that returned true.");

    internal static TimeoutException NotInTime(object primitive, TimeSpan? timeout) => new(
        $"Enter of {primitive} gave up after {timeout:c}: somebody else held it all the time. Nothing was acquired. Acquire returns false instead.");

    internal static SynchronizationLockException NotEntered(object condition, string member) => new(
        $"{member} of {condition}: the caller does not hold the lock. Enter the condition first: using (condition.Enter()).");

    internal static InvalidOperationException LockOfThreads(object condition, string member) => new(
        $"{member} of {condition}: its lock belongs to a thread, and after an await the code goes on on any thread. " +
        "Make the condition with a lock that no thread owns: new Condition(new Lock()).");

    /// <summary>Who holds a lock, for a debugger.</summary>
    internal static string Holder(ITrackedLock held, bool isLocked) => !isLocked ? "nobody"
        : held.Holding is not { } holding ? "not known: set ThreadingDiagnostics.DetectDeadlocks before it is acquired"
        : $"{(holding.Thread is { } thread ? Thread(thread) : "an await")} for {Stopwatch.GetElapsedTime(holding.Since):c}";

    /// <summary>Who waits in a queue, the longest wait first.</summary>
    internal static string[] Waiters(ref Latch latch, ref WaitQueue queue)
    {
        // Made before: nothing allocates under a latch. Who comes meanwhile is left out.
        Waiter[] found = new Waiter[queue.Count + 4];
        int count = 0;
        latch.Enter();
        for (Waiter? waiter = queue.First; waiter is not null && count < found.Length; waiter = waiter.Next)
        {
            found[count++] = waiter;
        }

        latch.Exit();
        return [.. found.Take(count).Select(waiter => $"{waiter.Describe()} for {Stopwatch.GetElapsedTime(waiter.Since):c}")];
    }

    /// <summary>A thread, for messages.</summary>
    internal static string Thread(System.Threading.Thread thread) => thread.Name is { Length: > 0 } name
        ? string.Create(CultureInfo.InvariantCulture, $"thread '{name}' ({thread.ManagedThreadId})")
        : string.Create(CultureInfo.InvariantCulture, $"thread {thread.ManagedThreadId}");
}
