using Telar.Subprocesses;

namespace Telar.Dummy;

/// <summary>Numbers of processes that are given away again. In a namespace of its own, where nobody else takes numbers.</summary>
internal static class Strangers
{
    private const string LastNumber = "/proc/sys/kernel/ns_last_pid";
    private const int Attempts = 100;

    /// <summary>
    /// Gives the number of a child that has ended to another one, does to the first all that would end it, and prints whether anything was
    /// sent and what became of the other.
    /// </summary>
    internal static int Reuse()
    {
        using var ended = new Popen(["true"]);
        _ = ended.Wait();
        for (int i = 0; i < Attempts; i++)
        {
            File.WriteAllText(LastNumber, $"{ended.Pid - 1}");
            using var stranger = new Popen(["sleep", "1000"], new PopenOptions { Stop = StopPolicy.Kill, StartNewSession = true });
            if (stranger.Pid == ended.Pid)
            {
                bool isSent = ended.SendSignal(Signal.SIGKILL) | ended.Kill() | ended.Kill(entireProcessTree: true);
                _ = ended.Stop();
                Console.WriteLine($"sent: {isSent}, the stranger {Fate(stranger)}");
                return 0;
            }
        }

        Console.WriteLine("the number did not come again");
        return 1;
    }

    private static string Fate(Popen child)
    {
        try
        {
            return $"ended with {child.Wait(TimeSpan.FromMilliseconds(300))}";
        }
        catch (TimeoutExpiredException)
        {
            return "lives";
        }
    }
}
