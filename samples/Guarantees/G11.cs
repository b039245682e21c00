namespace Guarantees;

using System.Diagnostics;
using Telar.Concurrent.Futures;

/// <summary>A running call that never looks at its token is stopped.</summary>
internal static class G11
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(500);

    public static async Task<Finding> TelarAsync()
    {
        await using ProcessPoolExecutor pool = new(2);
        Future<int> neighbour = pool.Submit(() =>
        {
            Spin(TimeSpan.FromSeconds(3));
            return Environment.ProcessId;
        });
        Future deaf = pool.Submit(() => Spin(TimeSpan.FromMinutes(5)), new CallOptions { Timeout = s_limit, Grace = s_limit });

        Exception? caught = await deaf.ExceptionAsync();
        _ = await neighbour;
        int died = pool.Statistics.WorkersDied;
        return new Finding(
            caught is CallTimeoutException { Stop: CallStop.WorkerKilled },
            $"{caught?.GetType().Name}, {(caught as CallTimeoutException)?.Stop}; its neighbour finished; workers lost without being told to: {died}");
    }

    public static async Task<Finding> DotNetAsync()
    {
        using CancellationTokenSource source = new(s_limit);
        var task = Task.Run(() => Spin(TimeSpan.FromSeconds(5)), source.Token);
        await Task.WhenAny(task, Task.Delay(TimeSpan.FromSeconds(2)));
        string state = task.IsCompleted ? "ended" : "runs on";
        await task;
        return Finding.Seen($"1.5 s after its token was cancelled, Task.Run {state}");
    }

    private static void Spin(TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            Thread.SpinWait(1_000);
        }
    }
}
