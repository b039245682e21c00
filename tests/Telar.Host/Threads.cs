namespace Telar.Host;

using Telar.Threading;

/// <summary>What happens to threads at the end of a program, and at Ctrl-C: only a program of its own can show it.</summary>
internal static class Threads
{
    private static readonly ManualResetEventSlim s_told = new();

    internal static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["return"]:
                ShowOrder();
                Console.WriteLine("main returns");
                return 7;
            case ["exit"]:
                ShowOrder();
                Thread ending = new(static () => Environment.Exit(5), "ending", daemon: false);
                Thread joiner = new(() => ending.Join(), daemon: false);
                ending.Start();
                joiner.Start();
                Thread.Current.StopToken.WaitHandle.WaitOne();
                return 0;
            case ["uncaught"]:
                Thread failing = new(static () => throw new FormatException("uncaught in a thread"), "failing", daemon: false);
                failing.Start();
                failing.Join();
                Console.WriteLine("main lives");
                return 0;
            case ["main"]:
                Thread.Main.Name = "renamed";
                Console.WriteLine($"main {Thread.Current == Thread.Main} {Thread.Main.Daemon} {new Thread(static () => { }).Daemon} {Thread.CurrentNativeId == Environment.ProcessId}");
                return 0;
            case ["interrupt"]:
                CancellationToken token = Thread.MainInterrupted;
                Console.WriteLine("ready to be interrupted");
                token.WaitHandle.WaitOne();
                Console.WriteLine("interrupted once");
                Thread.Current.StopToken.WaitHandle.WaitOne();
                return 0;
            case ["interrupt-main"]:
                new Thread(static () => LowLevel.InterruptMain()).Start();
                Thread.MainInterrupted.WaitHandle.WaitOne();
                LowLevel.InterruptMain();
                Console.WriteLine("interrupted twice by itself");
                return 0;
            case ["limit"]:
                return MeetALimit();
            default:
                return 2;
        }
    }

    private static void ShowOrder()
    {
        Thread.RegisterAtExit(static () => throw new FormatException("in a callback"));
        Thread.RegisterAtExit(static () =>
        {
            Console.WriteLine("callback 2");
            s_told.Set();
        });
        Thread.RegisterAtExit(static () => Console.WriteLine("callback 3"));
        AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
        {
            string late = Try(static () => Thread.RegisterAtExit(static () => { }));
            Console.WriteLine($"process exit, main alive {Thread.Main.IsAlive}, listed {Thread.Enumerate().Contains(Thread.Main)}, late callback {late}");
        };
        using ManualResetEventSlim entered = new();
        Thread daemon = new(
            () =>
            {
                try
                {
                    entered.Set();
                    new ManualResetEventSlim().Wait();
                }
                finally
                {
                    Console.WriteLine("never: finally of a daemon");
                }
            },
            daemon: true);
        daemon.Start();
        entered.Wait();
        new Thread(
            static () =>
            {
                s_told.Wait();
                Thread.Main.Join();
                Thread child = new(static () => Console.WriteLine("child of a worker"), daemon: false);
                child.Start();
                child.Join();
                Console.WriteLine("worker ends");
            },
            daemon: false).Start();
    }

    private static string Try(Action action)
    {
        try
        {
            action();
            return "done";
        }
        catch (InvalidOperationException)
        {
            return "refused";
        }
    }

    // Run with little address space: stacks of 1 GiB soon find no place.
    private static int MeetALimit()
    {
        using ManualResetEventSlim gate = new();
        List<Thread> started = [];
        Thread? refused = null;
        for (int i = 0; refused is null && i < 1000; i++)
        {
            Thread thread = new(() => gate.Wait(), $"big {i}", stackSize: 1 << 30);
            try
            {
                thread.Start();
                started.Add(thread);
            }
            catch (InvalidOperationException e)
            {
                refused = thread;
                Console.WriteLine($"refused {e.Message}");
            }
        }

        Console.WriteLine($"unregistered {refused is not null && !refused.IsAlive && refused.Ident is null && !Thread.Enumerate().Contains(refused)} count {LowLevel.Count == started.Count}");
        gate.Set();
        started.ForEach(static thread => thread.Join());
        while (refused is not null)
        {
            try
            {
                refused.Start();
                break;
            }
            catch (InvalidOperationException)
            {
                // The stacks of those that have ended are given back in the kernel's own time.
                System.Threading.Thread.Yield();
            }
        }

        Console.WriteLine($"started later {refused?.Join()}");
        return 0;
    }
}
