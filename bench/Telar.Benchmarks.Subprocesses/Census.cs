namespace Telar.Benchmarks;

using System.Globalization;

/// <summary>Counts the threads that came into this process since this was made, those that the runtime has for itself aside.</summary>
internal sealed class Census
{
    // The runtime names its threads so, and starts them when it likes; this one it starts for the pipes of Process.
    private const string Runtime = ".NET ";
    private const string OfPipes = ".NET Sockets";

    private readonly HashSet<string> _before = Threads();

    /// <summary>How many there are after so many runs, one after the other.</summary>
    public async ValueTask<double> ThreadsOfRunsAsync(ITool tool, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await tool.CaptureAsync(Programs.Zeros(16));
        }

        return Threads().Except(_before).Count();
    }

    /// <summary>How many there are while so many children run at once.</summary>
    public async ValueTask<double> ThreadsOfChildrenAsync(ITool tool, int count)
    {
        string gate = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"telar-bench-{Environment.ProcessId}"));
        await tool.CaptureAsync(["mkfifo", gate]);
        try
        {
            Task<long>[] runs = [.. Enumerable.Range(0, count).Select(_ => tool.CaptureAsync(Programs.Waiter(gate)).AsTask())];
            while (Children() < count)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5));
            }

            double threads = Threads().Except(_before).Count();
            await using FileStream letter = new(gate, FileMode.Open, FileAccess.Write);
            await letter.WriteAsync(new byte[count]);
            await letter.FlushAsync();
            await Task.WhenAll(runs);
            return threads;
        }
        finally
        {
            File.Delete(gate);
        }
    }

    private static HashSet<string> Threads() =>
        [.. Directory.GetDirectories("/proc/self/task")
            .Select(static task => (Id: Path.GetFileName(task), Name: File.ReadAllText(Path.Combine(task, "comm")).Trim()))
            .Where(static thread => thread.Name == OfPipes || !thread.Name.StartsWith(Runtime, StringComparison.Ordinal))
            .Select(static thread => $"{thread.Id} {thread.Name}")];

    private static int Children() =>
        Directory.GetDirectories("/proc/self/task").Sum(static task =>
            File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
}
