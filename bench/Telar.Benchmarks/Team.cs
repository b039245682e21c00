namespace Telar.Benchmarks;

using System.Diagnostics;
using System.Runtime.CompilerServices;

/// <summary>Threads that begin together.</summary>
// Invariants
//   Each thread counts itself in before it looks at the gate; the clock starts before the gate opens, and stops when the last one ended.
internal sealed class Team
{
    private readonly StrongBox<int> _arrived = new();
    private bool _isOpen;

    /// <summary>Runs each part in a thread of its own; the starts and ends of the threads are not counted.</summary>
    /// <returns>The ticks from the common beginning to the end of the last part.</returns>
    public static long Run(params Action[] parts) => new Team().RunParts(parts);

    private long RunParts(Action[] parts)
    {
        long[] ends = new long[parts.Length];
        Thread[] threads = [.. parts.Select((part, index) => new Thread(() =>
        {
            Interlocked.Increment(ref _arrived.Value);
            SpinWait spin = default;
            while (!Volatile.Read(ref _isOpen))
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            part();
            ends[index] = Stopwatch.GetTimestamp();
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        SpinWait wait = default;
        while (Volatile.Read(ref _arrived.Value) < parts.Length)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        long begun = Stopwatch.GetTimestamp();
        Volatile.Write(ref _isOpen, true);
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return ends.Max() - begun;
    }
}
