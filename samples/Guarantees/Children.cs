namespace Guarantees;

using System.Diagnostics;
using Telar.Concurrent.Futures;

/// <summary>This program a second time, for the cases in which a program has to die.</summary>
internal static class Children
{
    public static Task<int> RunAsync(string name) => name switch
    {
        "overflow" => OverflowAsync(),
        "pool" => HoldAsync(),
        "sleepers" => SleepersAsync(),
        "mutex" => MutexAsync(),
        _ => Task.FromResult(2),
    };

    /// <summary>Starts this program as one of the above, with Ctrl-C as a terminal's program has it.</summary>
    public static Process Start(string name) => Process.Start(new ProcessStartInfo(
        "/usr/bin/env", ["--default-signal=INT", Environment.ProcessPath!, "child", name]) // A program that was started has a path.
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!; // No shell is asked to open a document, so there is always a process.

    /// <summary>Starts it, and waits until it has said which processes it started.</summary>
    public static async Task<(Process Program, int[] Started)> StartAndReadAsync(string name)
    {
        Process program = Start(name);
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("started ", StringComparison.Ordinal))
            {
                return (program, [.. line.Split(' ').Skip(1).Select(int.Parse)]);
            }
        }

        throw new InvalidOperationException($"'{name}' ended: {await program.StandardError.ReadToEndAsync()}");
    }

    private static async Task<int> OverflowAsync()
    {
        await Task.Run(() => Overflow(1));
        return 0;

        static int Overflow(int depth) => Overflow(depth + 1) + depth;
    }

    /// <summary>Two workers run calls that never look at their token.</summary>
    private static async Task<int> HoldAsync()
    {
        await using ProcessPoolExecutor pool = new(2);
        Future[] calls = [.. Enumerable.Range(0, 2).Select(_ => pool.Submit(() => Thread.Sleep(Timeout.Infinite)))];
        while (pool.Statistics.CallsRunning < 2)
        {
            await Task.Delay(10);
        }

        Console.WriteLine($"started {string.Join(' ', pool.Statistics.Workers.Select(worker => worker.ProcessId))}");
        (IReadOnlySet<Future> done, _) = await Futures.WaitAsync(calls);
        return done.All(call => call.IsCancelled) ? 130 : 1;
    }

    private static async Task<int> SleepersAsync()
    {
        Process[] sleepers = [Process.Start("sleep", "60"), Process.Start("sleep", "60")];
        Console.WriteLine($"started {string.Join(' ', sleepers.Select(sleeper => sleeper.Id))}");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    private static async Task<int> MutexAsync()
    {
        // Taken and held by the thread that stays in this method.
        using Mutex mutex = new(initiallyOwned: true, G10.MutexName, new NamedWaitHandleOptions(), out _);
        Console.WriteLine($"started {Environment.ProcessId}");
        Thread.Sleep(Timeout.Infinite);
        return await Task.FromResult(0);
    }
}
