namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;
using Telar.Multiprocessing;

/// <summary>The figures, in the order in which they are taken.</summary>
internal static class Figures
{
    private const int RoundTrips = 300;
    private const int Submitted = 4000;
    private const int Window = 1000;
    private const int Mapped = 300_000;
    private const int Mebibytes = 64;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("cold start to the first instruction, against spawn", "ns", 15,
            Ours(() => Side(new ColdSide(StartMethod.Spawn))), Contender.Python("spawn", 0, Target.TimeAtMost(0.8))),
        new("standby start to the first instruction, against forkserver", "ns", 15,
            Ours(() => Side(new ColdSide(StartMethod.ForkServer))), Contender.Python("forkserver", 0, Target.TimeAtMost(0.05))),
        new("round trip of an empty call, against ProcessPoolExecutor", "ns", 9,
            Ours(() => PoolSide.MakeAsync(RoundTrip)), Contender.Python("roundtrip", RoundTrips, Target.TimeAtMost(0.25))),
        new("empty calls a second by Submit, window 1000, against ProcessPoolExecutor", "1/s", 9,
            Ours(() => PoolSide.MakeAsync(Submit)), Contender.Python("submit", Submitted, Target.RateAtLeast(10))),
        new("Map with automatic chunks, per call, against Pool.map", "ns", 9,
            Ours(() => PoolSide.MakeAsync(Map)), Contender.Python("map", Mapped, Target.TimeAtMost(1))),
        new("64 MiB array to a worker and back, against ProcessPoolExecutor", "ns", 5,
            Ours(() => PoolSide.MakeAsync(Echo)), Contender.Python("echo", Mebibytes, Target.TimeAtMost(0.2))),
        new("census of the .NET installation: two workers, times one process", "x", 3, Ours(() => Side(new CensusSide()))) { AtLeast = 1.8 },
        new("private memory of an idle worker", "B", 3, Ours(() => Side(new MemorySide()))) { AtMost = 8e6 },
    ];

    private static Contender Ours(Func<Task<ISide>> make) => new("Telar", _ => make());

    private static Task<ISide> Side(ISide side) => Task.FromResult(side);

    private static double RoundTrip(ProcessPoolExecutor pool)
    {
        long begun = Clock.Now;
        for (int i = 0; i < RoundTrips; i++)
        {
            pool.Submit(static () => 1).Result();
        }

        return (double)(Clock.Now - begun) / RoundTrips;
    }

    private static double Submit(ProcessPoolExecutor pool)
    {
        const int Calls = Submitted * 10;
        long begun = Clock.Now;
        Future<int>[] pending = new Future<int>[Window];
        for (int done = 0; done < Calls; done += Window)
        {
            for (int i = 0; i < Window; i++)
            {
                int number = done + i;
                pending[i] = pool.Submit(() => number);
            }

            foreach (Future<int> future in pending)
            {
                future.Result();
            }
        }

        return Calls / ((Clock.Now - begun) / 1e9);
    }

    private static double Map(ProcessPoolExecutor pool)
    {
        long begun = Clock.Now;
        int count = pool.Map(static number => number, Enumerable.Range(0, Mapped)).Count();
        return (double)(Clock.Now - begun) / count;
    }

    private static double Echo(ProcessPoolExecutor pool)
    {
        byte[] data = new byte[Mebibytes << 20];
        long begun = Clock.Now;
        byte[] back = pool.Submit(static array => array, data).Result();
        long taken = Clock.Now - begun;
        return back.Length == data.Length ? taken : throw new InvalidDataException("The array came back with another length.");
    }
}
