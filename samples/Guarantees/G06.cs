namespace Guarantees;

using Telar.Concurrent.Futures;

/// <summary>One result is taken of a map over 200,000 items that are made on demand.</summary>
internal static class G06
{
    public static async Task<Finding> TelarAsync()
    {
        await using ProcessPoolExecutor pool = new(2);
        Source source = new();
        _ = pool.Map(n => n + 1, source.Items()).First();
        return new Finding(source.Consumed <= 2 * pool.MaxWorkers, $"{source.Consumed} of 200,000 items consumed");
    }

    public static Task<Finding> DotNetAsync()
    {
        Source source = new();
        _ = source.Items().AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(n => n + 1).First();
        return Task.FromResult(Finding.Seen($"PLINQ, ordered: {source.Consumed} of 200,000 items consumed (threads)"));
    }

    private sealed class Source
    {
        private int _consumed;

        public int Consumed => Volatile.Read(ref _consumed);

        public IEnumerable<int> Items()
        {
            for (int n = 0; n < 200_000; n++)
            {
                Interlocked.Increment(ref _consumed);
                yield return n;
            }
        }
    }
}
