using Telar.Concurrent.Futures;
using Telar.Concurrent.Interpreters;

namespace Telar.Host;

/// <summary>What interpreters do in a program of its own: statics apart, a pool of them, and nothing of them left.</summary>
internal static class InterpreterRun
{
    private static int s_state = 40;

    /// <summary>Takes the stacks of this process again and again while interpreters come and go.</summary>
    public static void TakeStacks(int times)
    {
        using ThreadPoolExecutor executor = new(1);
        bool isOver = false;
        Thread[] makers = [.. Enumerable.Range(0, 2).Select(_ => new Thread(Make))];
        Array.ForEach(makers, static maker => maker.Start());
        int taken = Enumerable.Range(0, times).Count(_ => executor.DumpState().Contains(nameof(TakeStacks), StringComparison.Ordinal));
        Volatile.Write(ref isOver, true);
        Array.ForEach(makers, static maker => maker.Join());
        Console.WriteLine($"taken {taken}");

        void Make()
        {
            for (int i = 1; !Volatile.Read(ref isOver); i++)
            {
                Interpreter interpreter = Interpreter.Create();
                _ = interpreter.Call(static () => ++s_state);
                interpreter.Close();
                if (i % 5 == 0)
                {
                    GC.Collect();
                }

                // None is taken down while stacks are: without a pause there would soon be too many.
                Thread.Sleep(3);
            }
        }
    }

    public static async Task RunAsync()
    {
        try
        {
            s_state = 0;
            Interpreter interpreter = Interpreter.Create();
            InterpreterQueue<Word> words = Interpreter.CreateQueue<Word>();
            int inside = interpreter.Call(() =>
            {
                words.Put(new Word("from inside"));
                return s_state += 2;
            });
            await using InterpreterPoolExecutor pool = new(2);
            int[] pooled = [.. pool.Map(static number => s_state + number, Enumerable.Range(1, 4))];
            Console.WriteLine($"answer {inside} {s_state} {string.Join(',', pooled)} {words.Get().Text}");
            interpreter.Close();
            for (int i = 0; i < 100 && !interpreter.IsUnloaded; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Console.WriteLine($"unloaded {interpreter.IsUnloaded}");
        }
        catch (PlatformNotSupportedException refused)
        {
            Console.WriteLine($"refused {refused.Message}");
        }
    }

    private sealed record Word(string Text);
}
