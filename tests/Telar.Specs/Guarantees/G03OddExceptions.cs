using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G3: an exception type with an odd constructor arrives as itself and harms nobody.</summary>
public sealed class G03OddExceptions : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_throw_an_exception_that_needs_two_arguments_and_catch_it_as_itself()
    {
        await using ProcessPoolExecutor pool = new(1);
        Future<int> odd = pool.Submit(static int () => throw new OddException(3, "left"));
        Future<int>[] innocent = [.. Enumerable.Range(0, 4).Select(number => pool.Submit(() => number))];

        OddException caught = await Assert.ThrowsAsync<OddException>(() => odd.AsTask());

        Assert.Equal(3, caught.Code);
        Assert.Equal("left", caught.Side);
        Assert.Equal("3 on the left", caught.Message);
        Assert.Contains(nameof(I_can_throw_an_exception_that_needs_two_arguments_and_catch_it_as_itself), caught.ToString(), StringComparison.Ordinal);
        int[] results = await Task.WhenAll(innocent.Select(static future => future.AsTask()));
        Assert.Equal([0, 1, 2, 3], results);
        Assert.Equal(0, pool.Statistics.WorkersDied);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_a_stand_in_when_an_exception_cannot_be_rebuilt()
    {
        await using ProcessPoolExecutor pool = new(1);

        Exception caught = await Assert.ThrowsAnyAsync<Exception>(() => pool.SubmitAsync(static int () => throw new HoldsAStreamException()));

        Assert.Contains("holds a stream", caught.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await pool.Submit(static () => 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_an_exception_when_a_result_cannot_be_sent()
    {
        await using ProcessPoolExecutor pool = new(1);

        Telar.Serialization.SerializationException refused = await Assert.ThrowsAsync<Telar.Serialization.SerializationException>(
            () => pool.SubmitAsync<object>(static () => new MemoryStream()));

        Assert.Contains("MemoryStream", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await pool.Submit(static () => 1));
    }

    private sealed class OddException(int code, string side) : Exception($"{code} on the {side}")
    {
        public int Code { get; } = code;

        public string Side { get; } = side;
    }

    private sealed class HoldsAStreamException() : Exception("holds a stream")
    {
        public Stream Stream { get; } = new MemoryStream();
    }
}
