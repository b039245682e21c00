using Telar.Internal.Segments;

namespace Telar.Dummy;

using Telar.Multiprocessing;

/// <summary>A process that is killed while it uses locks.</summary>
internal static class ProcessLocks
{
    /// <summary>
    /// Moves two words from n to n + 1 under a lock, again and again. Whoever finds them different without having been told of a dead
    /// holder has found two processes in the lock.
    /// </summary>
    public static int Count(string lockName, string units, string memory)
    {
        using ObjectSegment words = ObjectSegment.TryOpen(ObjectKind.Values, memory)!; // not null: the test has it
        using Lock held = Lock.OpenExisting(lockName);
        using BoundedSemaphore places = BoundedSemaphore.OpenExisting(units);
        Console.WriteLine("ready");
        while (true)
        {
            using (places.Enter())
            using (held.Enter())
            {
                ref long first = ref words.Word<long>(0);
                ref long second = ref words.Word<long>(8);
                if (Volatile.Read(ref first) != Volatile.Read(ref second))
                {
                    if (!held.IsAbandoned)
                    {
                        Interlocked.Increment(ref words.Word<long>(16));
                        return 1;
                    }

                    Volatile.Write(ref second, first);
                }

                held.MarkRecovered();
                Volatile.Write(ref first, first + 1);
                Thread.SpinWait(20);
                Volatile.Write(ref second, second + 1);
            }
        }
    }
}
