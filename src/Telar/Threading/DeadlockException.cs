using System.Text;

namespace Telar.Threading;

/// <summary>A thread was about to wait for a lock whose holder waits, directly or by way of others, for this thread.</summary>
/// <remarks>
/// <para>
/// Thrown only while <see cref="ThreadingDiagnostics.DetectDeadlocks"/> is on, in the thread that would have closed the circle, instead
/// of its wait. It holds what it held before. The message names all threads, locks and stacks.
/// </para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class DeadlockException : InvalidOperationException
{
    private DeadlockException(string message, IReadOnlyList<string> threads, IReadOnlyList<string> locks)
        : base(message)
    {
        Threads = threads;
        Locks = locks;
    }

    /// <summary>The threads of the circle, the one that got this exception first. Each waits for the next one.</summary>
    public IReadOnlyList<string> Threads { get; }

    /// <summary>The locks of the circle: each thread of <see cref="Threads"/> wants the one at its own place.</summary>
    public IReadOnlyList<string> Locks { get; }

    internal static DeadlockException For(IReadOnlyList<LockWait> circle)
    {
        StringBuilder text = new();
        text.AppendLine(circle.Count == 1
            ? $"Acquire of {circle[0].Wanted} would wait for ever: this thread holds it already, and it is not re-entrant. Use an RLock."
            : $"Acquire of {circle[0].Wanted} would wait for ever: {circle.Count} threads wait for each other. " +
                "Acquire the locks in the same order everywhere, or with a time-out.");
        for (int i = 0; i < circle.Count; i++)
        {
            LockWait wait = circle[i];
            System.Threading.Thread holder = circle[(i + 1) % circle.Count].Thread;
            text.AppendLine($"- {Describe.Thread(wait.Thread)} wants {wait.Wanted}, which {Describe.Thread(holder)} holds. It waits here:");
            text.Append(wait.Stack);
        }

        return new DeadlockException(
            text.ToString().TrimEnd(),
            [.. circle.Select(wait => Describe.Thread(wait.Thread))],
            [.. circle.Select(wait => wait.Wanted.ToString()!)]); // every lock has a text
    }
}
