using Telar.Concurrent.Futures;
using Telar.Concurrent.Interpreters;

namespace Telar.Host;

/// <summary>What interpreters do in a program of its own: statics apart, a pool of them, and nothing of them left.</summary>
internal static class InterpreterRun
{
    private static int s_state = 40;

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
