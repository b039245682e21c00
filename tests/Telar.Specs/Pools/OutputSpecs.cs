using System.Collections.Concurrent;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>What workers write: whole, in order, before the result of the call that wrote it, and never in the way.</summary>
public sealed class OutputSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_have_all_lines_of_a_call_when_its_future_ends()
    {
        ConcurrentQueue<string> lines = new();
        await using ProcessPoolExecutor pool = Pool(1, lines);

        // A pipe holds 64 KiB: this is nearly that, and far more than one read.
        await pool.Submit(static () =>
        {
            for (int i = 0; i < 1500; i++)
            {
                Console.WriteLine($"line {i:000000} and some more text behind");
            }
        });

        Assert.Equal(Enumerable.Range(0, 1500).Select(static i => $"line {i:000000} and some more text behind"), lines);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_have_the_line_of_each_of_many_short_calls_when_its_future_ends()
    {
        ConcurrentDictionary<string, bool> seen = new();
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, WorkerOutput = line => seen[line.Text] = true });
        await pool.Submit(static () => Console.WriteLine("warm"));
        ConcurrentQueue<string> missing = new();
        List<Future> calls = [];
        for (int i = 0; i < 3000; i++)
        {
            string text = $"call {i}";
            Future call = pool.Submit(() => Console.WriteLine(text));
            call.AddDoneCallback(_ =>
            {
                if (!seen.ContainsKey(text))
                {
                    missing.Enqueue(text);
                }
            });
            calls.Add(call);
        }

        await Task.WhenAll(calls.Select(static call => call.AsTask()));
        Assert.Empty(missing);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_results_while_another_worker_floods_its_output()
    {
        int count = 0;
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, WorkerOutput = _ => Interlocked.Increment(ref count) });
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => pool.SubmitAsync(static () => new ManualResetEventSlim().Wait(500))));
        Future flood = pool.Submit(static () =>
        {
            using StreamWriter output = new(Console.OpenStandardOutput(), bufferSize: 1 << 16);
            for (int i = 0; i < 1_000_000; i++)
            {
                output.Write("flood\n");
            }
        });
        int answers = 0;
        while (!flood.IsDone)
        {
            await pool.Submit(static () => 1).ResultAsync(TimeSpan.FromSeconds(20), Token);
            answers++;
        }

        await flood;
        Assert.Equal(1_000_000, Volatile.Read(ref count));
        Assert.True(answers > 10, $"{answers} answers while the flood lasted.");
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_write_megabytes_without_a_line_break()
    {
        ConcurrentQueue<string> lines = new();
        await using (ProcessPoolExecutor pool = Pool(1, lines))
        {
            await pool.Submit(static () =>
            {
                using Stream output = Console.OpenStandardOutput();
                output.Write(new string('x', 5_000_000).Select(static c => (byte)c).ToArray());
            });
        }

        Assert.Equal(5_000_000, lines.Sum(static line => line.Length));
        Assert.All(lines, static line => Assert.InRange(line.Length, 1, 64 * 1024));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_throw_in_the_consumer_of_lines()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, WorkerOutput = static _ => throw new InvalidOperationException("no") });

        Assert.Equal(1, await pool.Submit(static () =>
        {
            Console.WriteLine("a line");
            return 1;
        }));
        Assert.Equal(2, await pool.Submit(static () => 2));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_standard_input_empty()
    {
        await using ProcessPoolExecutor pool = new(1);

        Assert.Null(await pool.Submit(static () => Console.In.ReadLine()));
    }

    private static ProcessPoolExecutor Pool(int workers, ConcurrentQueue<string> lines) =>
        new(new ProcessPoolOptions { MaxWorkers = workers, WorkerOutput = line => lines.Enqueue(line.Text) });
}
