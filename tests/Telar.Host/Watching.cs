using System.Diagnostics.Metrics;
using Telar.Concurrent.Futures;

namespace Telar.Host;

/// <summary>What a program that begins to listen late finds, and that one in which nobody listens loads nothing for it.</summary>
internal static class Watching
{
    internal static async Task RunAsync()
    {
        using InlineExecutor inline = new();
        using ThreadPoolExecutor threads = new(new ThreadPoolOptions { MaxWorkers = 1, ThreadNamePrefix = "late" });
        await using ProcessPoolExecutor processes = new(1);
        foreach (Executor executor in new Executor[] { inline, threads, processes })
        {
            _ = await executor.Submit(static () => 1, new CallOptions { Name = "before", Timeout = TimeSpan.FromMinutes(1) });
        }

        Console.WriteLine($"loaded {AppDomain.CurrentDomain.GetAssemblies().Any(static assembly => assembly.GetName().Name == "System.Diagnostics.DiagnosticSource")}");
        Listen(threads);
    }

    /// <summary>A call in a program whose listener throws when it is shown the meters.</summary>
    internal static void RunBadly()
    {
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, _) =>
        {
            if (instrument.Meter.Name == "Telar.Concurrent.Futures")
            {
                throw new FormatException("the listener");
            }
        };
        listener.Start();
        using ThreadPoolExecutor threads = new(1);
        Console.WriteLine($"answer {threads.Submit(static () => 42).Result()}");
    }

    // Of its own, as what it names is loaded with it.
    private static void Listen(ThreadPoolExecutor threads)
    {
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Telar.Concurrent.Futures")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new KeyValuePair<string, object?>("telar.executor.name", "late")))
            {
                Console.WriteLine($"{instrument.Name} {value}");
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        _ = threads.Submit(static () => 2).Result();
    }
}
