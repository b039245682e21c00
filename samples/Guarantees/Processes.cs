namespace Guarantees;

using System.Diagnostics;

internal static class Processes
{
    public static bool IsAlive(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <returns>How long it took until all were gone; null when some were left.</returns>
    public static async Task<TimeSpan?> WaitUntilGoneAsync(int[] processes, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (processes.Any(IsAlive))
        {
            if (watch.Elapsed > limit)
            {
                return null;
            }

            await Task.Delay(5);
        }

        return watch.Elapsed;
    }

    public static void Kill(int[] processes)
    {
        foreach (int process in processes.Where(IsAlive))
        {
            Signal(process, "KILL");
        }
    }
}
