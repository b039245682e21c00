using Telar.Concurrent.Futures;
using Telar.Multiprocessing;
using Telar.Serialization;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>Shared memory that travels to workers as a handle.</summary>
public sealed class SharedMemorySpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_capture_a_block_and_the_worker_writes_to_it()
    {
        using SharedMemory memory = SharedMemory.Create(1 << 20);
        await using ProcessPoolExecutor pool = new(1);

        int worker = await pool.Submit(() =>
        {
            memory.Span.Fill(7);
            memory.Dispose();
            return Environment.ProcessId;
        });

        Assert.NotEqual(Environment.ProcessId, worker);
        Assert.Equal(-1, memory.Span.IndexOfAnyExcept((byte)7));
        await pool.Submit(static shared => shared.Span[0] = 8, memory);
        Assert.Equal(8, memory.Span[0]);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_return_a_block_that_the_worker_made()
    {
        await using ProcessPoolExecutor pool = new(1);

        using SharedMemory memory = await pool.Submit(static () =>
        {
            SharedMemory made = SharedMemory.Create(100);
            made.Span[99] = 5;
            return made;
        });

        Assert.Equal((100L, (byte)5), (memory.Size, memory.Span[99]));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_am_told_when_the_block_is_gone_before_the_call_begins()
    {
        SharedMemory memory = SharedMemory.Create(100);
        string name = memory.Name;
        await using ProcessPoolExecutor pool = new(1);
        memory.Unlink();

        SerializationException thrown = await Assert.ThrowsAsync<SerializationException>(() => pool.SubmitAsync(() => memory.Span[0]));
        Assert.Contains($"'{name}' failed: there is none of that name", thrown.Message, StringComparison.Ordinal);
        _ = Assert.IsType<FileNotFoundException>(thrown.InnerException);

        memory.Dispose();
        _ = Assert.ThrowsAny<ObjectDisposedException>(() => { _ = pool.Submit(() => memory.Span[0]); });
        Assert.Equal(1, await pool.Submit(static () => 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_share_a_list_with_a_worker()
    {
        using ShareableList list = ShareableList.Create(["text", 1, null]);
        await using ProcessPoolExecutor pool = new(1);

        string seen = await pool.Submit(() =>
        {
            list[1] = 2.5;
            return $"{list[0]} of {list.Count}";
        });

        Assert.Equal(("text of 3", 2.5), (seen, list[1]));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_sum_an_array_in_two_halves()
    {
        using RawArray<double> numbers = new(1000);
        numbers.Span.Fill(0.5);
        await using ProcessPoolExecutor pool = new(2);

        double[] sums = await Task.WhenAll(
            pool.SubmitAsync(() => Sum(numbers.Span[..500])),
            pool.SubmitAsync(() => Sum(numbers.Span[500..])));

        Assert.Equal([250, 250], sums);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_count_in_many_workers()
    {
        using Value<int> counter = new(0);
        await using ProcessPoolExecutor pool = new(2);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pool.SubmitAsync(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                using (counter.Enter())
                {
                    counter.Ref += 1;
                }
            }
        })));

        Assert.Equal(2000, counter.Get());
    }

    private static double Sum(Span<double> numbers)
    {
        double sum = 0;
        foreach (double number in numbers)
        {
            sum += number;
        }

        return sum;
    }
}
