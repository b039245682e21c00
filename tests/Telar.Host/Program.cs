using System.Diagnostics;
using System.Globalization;
using Telar.Concurrent.Futures;
using Telar.Host;
using Telar.Multiprocessing;
using Telar.Serialization;

// What a test may ask of a program with a pool. Each command prints a line that the test waits for.
//   hold N      N workers run calls that never end; prints their process ids, then waits to be killed
//   families N  N workers, each of which has started a process of its own; prints the ids of both, then waits to be killed
//   interrupt   as hold, and on Ctrl-C says how its calls ended, exit code 130
//   stubborn    as interrupt, with calls that ignore their token
//   answer      one call in a worker; prints its answer
//   crash-dump  a call that crashes its worker; prints the worker's process id
//   descriptors uses up its descriptors, and says what a pool then says
//   rebuilt     uses a pool, waits for a line of input, and says what another pool then says
//   interpreters what interpreters do, or why they cannot
//   stacks N    takes its own stacks N times while interpreters come and go
//   undisposed  uses a pool and ends without disposing it
//   values      what becomes of a value that is sent through a pipe
//   watching    what a program loads for listeners, and what one that comes late is told; with 'badly', what harm one does that throws
//   threads X   what happens to threads at the end of a program, and at Ctrl-C
//   thread-pool X  what happens at the end of a program to the calls of a pool of threads
//   frozen ...  the same commands with FreezeSupport at the top
if (args is ["frozen", ..])
{
    ProcessHost.FreezeSupport();
    args = args[1..];
}

Console.WriteLine($"main {Environment.ProcessId}");
switch (args)
{
    case ["hold", var count]:
        await HoldAsync(int.Parse(count, CultureInfo.InvariantCulture), stubborn: true);
        return 1;
    case ["families", var count]:
        await using (ProcessPoolExecutor pool = new(int.Parse(count, CultureInfo.InvariantCulture)))
        {
            (int, int)[] families = await Task.WhenAll(Enumerable.Range(0, pool.MaxWorkers).Select(_ => pool.SubmitAsync(static () =>
            {
                using Process sleep = Process.Start("/bin/sleep", "60");
                new ManualResetEventSlim().Wait(500);
                return (Environment.ProcessId, sleep.Id);
            })));
            Console.WriteLine($"workers {string.Join(' ', families.Select(static family => family.Item1))}");
            Console.WriteLine($"children {string.Join(' ', families.Select(static family => family.Item2))}");
            await Task.Delay(Timeout.Infinite);
        }

        return 1;
    case ["interrupt"]:
        return await HoldAsync(2, stubborn: false);
    case ["stubborn"]:
        return await HoldAsync(2, stubborn: true);
    case ["answer"]:
        int factor = 7;
        await using (ProcessPoolExecutor pool = new(1))
        {
            (int answer, int process, bool isWorker) = await pool.Submit(() => (6 * factor, Environment.ProcessId, ProcessHost.IsWorker));
            Console.WriteLine($"answer {answer} {(process != Environment.ProcessId && isWorker ? "elsewhere" : "here")}");
        }

        return 0;
    case ["stacks", var times]:
        InterpreterRun.TakeStacks(int.Parse(times, CultureInfo.InvariantCulture));
        return 0;
    case ["interpreters"]:
        await InterpreterRun.RunAsync();
        return 0;
    case ["crash-dump"]:
        await using (ProcessPoolExecutor pool = new(1))
        {
            try
            {
                await pool.Submit(static () => Environment.FailFast("no way on"));
            }
            catch (WorkerDiedException death)
            {
                Console.WriteLine($"died {death.ProcessId}");
            }
        }

        return 0;
    case ["descriptors"]:
        return await Descriptors.RunAsync();
    case ["rebuilt"]:
        await using (ProcessPoolExecutor pool = new(1))
        {
            Console.WriteLine($"answer {await pool.Submit(static () => 42)}");
        }

        _ = Console.ReadLine();
        await using (ProcessPoolExecutor pool = new(1))
        {
            try
            {
                Console.WriteLine($"answer {await pool.Submit(static () => 42)}");
            }
            catch (BrokenProcessPoolException broken)
            {
                Console.WriteLine($"broken {broken.InnerException?.GetType().Name}: {broken.Message}");
            }
        }

        return 0;
    case ["undisposed"]:
        ProcessPoolExecutor left = new(2);
        int[] workers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => left.SubmitAsync(static () =>
        {
            new ManualResetEventSlim().Wait(300);
            return Environment.ProcessId;
        })));
        _ = left.Submit(static () => new ManualResetEventSlim().Wait(60_000));
        Console.WriteLine($"workers {string.Join(' ', workers.Distinct())}");
        return 0;
    case ["values"]:
        (Connection first, Connection second) = Pipe.Create();
        using (first)
        using (second)
        {
            try
            {
                first.Send("a value");
                Console.WriteLine($"received {second.Recv<string>()}");
            }
            catch (SerializationException refused)
            {
                Console.WriteLine($"refused {refused.Message}");
            }
        }

        return 0;
    case ["watching"]:
        await Watching.RunAsync();
        return 0;
    case ["watching", "badly"]:
        Watching.RunBadly();
        return 0;
    case ["threads", .. var rest]:
        return Threads.Run(rest);
    case ["thread-pool", var how]:
        return ThreadPools.Run(how);
    default:
        Console.Error.WriteLine("host: hold N | families N | interrupt | stubborn | answer | crash-dump | descriptors | rebuilt | undisposed | values | watching, each after an optional 'frozen'");
        return 2;
}

static async Task<int> HoldAsync(int count, bool stubborn)
{
    await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = count, Prestart = true });
    Future<int>[] calls = [.. Enumerable.Range(0, count).Select(_ => pool.Submit(token => Wait(token, stubborn)))];
    while (pool.Statistics.Workers.Count(static worker => worker.Status == WorkerStatus.Working) < count)
    {
        await Task.Delay(10);
    }

    Console.WriteLine($"workers {string.Join(' ', pool.Statistics.Workers.Select(static worker => worker.ProcessId))}");
    try
    {
        await Task.WhenAll(calls.Select(static call => call.AsTask()));
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine($"cancelled {calls.Count(static call => call.IsCancelled)}");
        return 130;
    }
}

static int Wait(CancellationToken token, bool stubborn)
{
    using ManualResetEventSlim never = new();
    never.Wait(stubborn ? CancellationToken.None : token);
    return 0;
}
