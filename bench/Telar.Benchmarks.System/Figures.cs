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
        new("cold start to the first instruction, against spawn", "ns", "<= 0.8", 15, () => Side(new ColdSide(StartMethod.Spawn)), static rival => rival.Ask("spawn", 0)),
        new("standby start to the first instruction, against forkserver", "ns", "<= 0.05", 15, () => Side(new ColdSide(StartMethod.ForkServer)), static rival => rival.Ask("forkserver", 0)),
        new("round trip of an empty call, against ProcessPoolExecutor", "ns", "<= 0.25", 9, () => PoolSide.MakeAsync(RoundTrip), static rival => rival.Ask("roundtrip", RoundTrips)),
        new("empty calls a second by Submit, window 1000, against ProcessPoolExecutor", "1/s", ">= 10", 9, () => PoolSide.MakeAsync(Submit), static rival => rival.Ask("submit", Submitted)) { IsRate = true },
        new("Map with automatic chunks, per call, against Pool.map", "ns", "<= 1", 9, () => PoolSide.MakeAsync(Map), static rival => rival.Ask("map", Mapped)),
        new("64 MiB array to a worker and back, against ProcessPoolExecutor", "ns", "<= 0.2", 5, () => PoolSide.MakeAsync(Echo), static rival => rival.Ask("echo", Mebibytes)),
        new("census of the .NET installation: two workers, times one process", "x", ">= 1.8", 3, () => Side(new CensusSide()), null),
        new("private memory of an idle worker", "B", "<= 8e6", 3, () => Side(new MemorySide()), null),
    ];

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
