using System.Globalization;
using Telar.Concurrent.Futures;
using Telar.Serialization;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>Every shape of call, over processes.</summary>
public sealed class ShapeSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_submit_every_shape_of_delegate()
    {
        await using ProcessPoolExecutor pool = new(2);
        int captured = 5;
        CallOptions named = new() { Name = "named" };

        await pool.Submit(static () => { });
        await pool.Submit(() => Check(captured == 5), named);
        Assert.Equal(6, await pool.Submit(() => captured + 1));
        await pool.Submit(async () =>
        {
            await Task.Yield();
            Check(captured == 5);
        });
        Assert.Equal(7, await pool.Submit(async () =>
        {
            await Task.Delay(1);
            return captured + 2;
        }));
        await pool.Submit(static token => Check(token.CanBeCanceled));
        Assert.True(await pool.Submit(static token => !token.IsCancellationRequested, named));
        Assert.Equal(8, await pool.Submit(async token =>
        {
            await Task.Delay(1, token);
            return captured + 3;
        }));
        await pool.Submit(static text => Check(text == "argument"), "argument");
        Assert.Equal(8, await pool.Submit(static text => text.Length, "argument"));
        Assert.Equal(8, await pool.Submit(
            static async text =>
            {
                await Task.Yield();
                return text.Length;
            },
            "argument",
            named));
        Assert.Equal(int.Parse("11", CultureInfo.InvariantCulture), await pool.SubmitAsync(Eleven));
        Assert.Null(await pool.Submit(static () => (string?)null));
        Assert.Equal("named", pool.Submit(static () => 1, named).Name);

        static void Check(bool holds)
        {
            if (!holds || !Telar.Multiprocessing.ProcessHost.IsWorker)
            {
                throw new InvalidOperationException("It does not hold.");
            }
        }

        static int Eleven() => 11;
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_map_in_every_way()
    {
        await using ProcessPoolExecutor pool = new(2);
        int[] squares = [.. Enumerable.Range(0, 200).Select(static number => number * number)];

        Assert.Equal(squares, pool.Map(static (int number) => number * number, Enumerable.Range(0, 200)));
        Assert.Equal(squares, pool.Map(static (int number) => number * number, Enumerable.Range(0, 200), new MapOptions { ChunkSize = 7, Window = 21 }));
        Assert.Equal(squares, pool.Map(static (int left, int right) => left * right, Enumerable.Range(0, 200), Enumerable.Range(0, 300)));
        List<int> later = [];
        await foreach (int square in pool.MapAsync(static (int number) => number * number, Enumerable.Range(0, 200), new MapOptions { Ordered = false, ChunkSize = 5 }))
        {
            later.Add(square);
        }

        Assert.Equal(squares, later.Order());
        InvalidOperationException bad = Assert.Throws<InvalidOperationException>(() => pool.Map(static (int number) => number == 3 ? throw new InvalidOperationException("three") : number, Enumerable.Range(0, 9)).ToList());
        Assert.Equal("three", bad.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData((128 * 1024) - 1)]
    [InlineData(128 * 1024)]
    [InlineData(64 << 20)]
    public async Task I_can_send_and_get_back_arrays_of_any_size(int size)
    {
        await using ProcessPoolExecutor pool = new(1);
        byte[] data = new byte[size];
        new Random(size).NextBytes(data);
        (int, long)[] structs = [.. Enumerable.Range(0, Math.Min(size / 16, 100_000)).Select(static i => (i, (long)i * i))];

        (byte[] back, (int, long)[] pairs, int[] ones) = await pool.Submit(() => (data, structs, new int[size / 4]));

        Assert.True(data.AsSpan().SequenceEqual(back));
        Assert.Equal(structs, pairs);
        Assert.Equal(size / 4, ones.Length);
    }

    /// <summary>The unit test of Outbox was seen red for it: with two of them in one transmission the second descriptor was lost, and with it the pool.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_can_submit_many_calls_with_big_arguments_from_many_threads()
    {
        await using ProcessPoolExecutor pool = new(2);
        byte[] data = new byte[150_000];
        data[^1] = 1;

        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (number, _) =>
        {
            (int last, byte[] back) = await pool.Submit(() => (number + data[^1], number % 3 == 0 ? data : []), CancellationToken.None);
            Assert.Equal(number + 1, last);
            Assert.Equal(number % 3 == 0 ? data.Length : 0, back.Length);
        });
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_an_exception_with_big_data_and_one_that_cannot_be_sent()
    {
        await using ProcessPoolExecutor pool = new(1);

        InvalidOperationException big = await Assert.ThrowsAsync<InvalidOperationException>(() => pool.SubmitAsync(static () =>
        {
            InvalidOperationException failure = new(new string('m', 300_000));
            failure.Data["text"] = new string('d', 300_000);
            throw failure;
        }));
        Assert.Equal(300_000, big.Message.Length);
        Assert.Equal(300_000, Assert.IsType<string>(big.Data["text"]).Length);

        SerializationException refused = await Assert.ThrowsAsync<SerializationException>(() => pool.SubmitAsync(static () => (object)new MemoryStream()));
        Assert.Contains("MemoryStream", refused.Message, StringComparison.Ordinal);
        using FileStream file = File.OpenRead("/dev/null");
        Assert.Throws<SerializationException>(() => { pool.Submit(() => file.Length); });
        Assert.Equal(1, await pool.Submit(static () => 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_send_a_list_of_a_hundred_thousand_links()
    {
        await using ProcessPoolExecutor pool = new(1);
        Link? chain = null;
        for (int i = 0; i < 100_000; i++)
        {
            chain = new Link(chain, i);
        }

        Link? back = await pool.Submit(() => chain);

        int length = 0;
        for (; back is not null; back = back.Next)
        {
            length++;
        }

        Assert.Equal(100_000, length);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_change_the_directory_environment_and_culture_of_a_worker_and_only_there()
    {
        await using ProcessPoolExecutor pool = new(1);
        string here = Environment.CurrentDirectory;

        await pool.Submit(static () =>
        {
            Environment.CurrentDirectory = "/";
            Environment.SetEnvironmentVariable("TELAR_SPEC_MINE", "1");
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        });

        Assert.Equal(("/", "1"), await pool.Submit(static () => (Environment.CurrentDirectory, Environment.GetEnvironmentVariable("TELAR_SPEC_MINE"))));
        Assert.Equal(here, Environment.CurrentDirectory);
        Assert.Null(Environment.GetEnvironmentVariable("TELAR_SPEC_MINE"));
    }

    private sealed record Link(Link? Next, int Number);
}
