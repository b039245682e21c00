namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Interpreters;

/// <summary>The figures, in the order in which they are taken. Nothing is wanted of them: they say which executor costs what.</summary>
internal static class Figures
{
    private const int RoundTrips = 500;
    private const int Mapped = 20_000;
    private const int Mebibytes = 16;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("start of a pool of one to its first result", "ns", 15,
            Start("interpreters", static () => new InterpreterPoolExecutor(1)),
            Start("processes", static () => new ProcessPoolExecutor(1)),
            Start("threads", static () => new ThreadPoolExecutor(1))),
        new("round trip of a call without captures", "ns", 9, Warm(RoundTrip)),
        new("round trip of a call with a captured record", "ns", 9, Warm(Captured)),
        new("Map, one item a call, per call", "ns", 9, Warm(Map)),
        new("16 MiB array there and back", "ns", 5, Warm(Echo)),
        new("16 MiB of memory there and back", "ns", 5, Warm(EchoMemory)),
        new("Interpreter: create, call once, close", "ns", 15, new Contender("Telar", static _ => Task.FromResult<ISide>(new CreateSide()))),
        new("Interpreter.Call without captures", "ns", 9, new Contender("Telar", static _ => Task.FromResult<ISide>(new CallSide()))),
    ];

    private static Contender Start(string name, Func<Executor> make) => new(name, _ => Task.FromResult<ISide>(new StartSide(make)), Target.None);

    private static Contender[] Warm(Func<Executor, double> measure) =>
    [
        new("interpreters", _ => ExecutorSide.MakeAsync(new InterpreterPoolExecutor(2), measure), Target.None),
        new("processes", _ => ExecutorSide.MakeAsync(new ProcessPoolExecutor(2), measure), Target.None),
        new("threads", _ => ExecutorSide.MakeAsync(new ThreadPoolExecutor(2), measure), Target.None),
    ];

    private static double RoundTrip(Executor executor)
    {
        long begun = Clock.Now;
        for (int i = 0; i < RoundTrips; i++)
        {
            executor.Submit(static () => 1).Result();
        }

        return (double)(Clock.Now - begun) / RoundTrips;
    }

    private static double Captured(Executor executor)
    {
        var order = new Order("tea", 3);
        long begun = Clock.Now;
        for (int i = 0; i < RoundTrips; i++)
        {
            executor.Submit(() => order with { Count = order.Count + 1 }).Result();
        }

        return (double)(Clock.Now - begun) / RoundTrips;
    }

    private static double Map(Executor executor)
    {
        long begun = Clock.Now;
        int count = executor.Map(static number => number, Enumerable.Range(0, Mapped), new MapOptions { ChunkSize = 1 }).Count();
        return (double)(Clock.Now - begun) / count;
    }

    private static double Echo(Executor executor)
    {
        byte[] data = new byte[Mebibytes << 20];
        long begun = Clock.Now;
        byte[] back = executor.Submit(static array => array, data).Result();
        long taken = Clock.Now - begun;
        return back.Length == data.Length ? taken : throw new InvalidDataException("The array came back with another length.");
    }

    // Between interpreters and threads the memory itself; between processes a copy.
    private static double EchoMemory(Executor executor)
    {
        Memory<byte> data = new byte[Mebibytes << 20];
        long begun = Clock.Now;
        Memory<byte> back = executor.Submit(static memory => memory, data).Result();
        long taken = Clock.Now - begun;
        return back.Length == data.Length ? taken : throw new InvalidDataException("The memory came back with another length.");
    }

    /// <summary>What a call captures.</summary>
    private sealed record Order(string Item, int Count);

    /// <summary>A new interpreter each time.</summary>
    private sealed class CreateSide : ISide
    {
        public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
        {
            long begun = Clock.Now;
            using (Interpreter interpreter = Interpreter.Create())
            {
                interpreter.Call(static () => 1);
            }

            return new(Clock.Now - begun);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Calls in one interpreter, on the calling thread.</summary>
    private sealed class CallSide : ISide
    {
        private readonly Interpreter _interpreter = Interpreter.Create();

        public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
        {
            const int Calls = RoundTrips * 20;
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long begun = Clock.Now;
            for (int i = 0; i < Calls; i++)
            {
                _interpreter.Call(static () => 1);
            }

            long taken = Clock.Now - begun;
            return new(new Sample((double)taken / Calls, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / Calls));
        }

        public ValueTask DisposeAsync()
        {
            _interpreter.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
