using Telar.Concurrent.Futures;
using Telar.Serialization;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>What is too big for a message, or does not arrive whole, costs the call and nothing else.</summary>
public sealed class LimitSpecs : ProcessSpec
{
    // Two bytes each make it more than a message holds.
    private const int TooManyLetters = 540_000_000;

    [Fact(Timeout = 120_000)]
    public async Task I_am_refused_a_call_that_is_too_big_for_a_message_where_I_submit_it()
    {
        await using ProcessPoolExecutor pool = new(1);
        string text = new('é', TooManyLetters);

        SerializationException refused = Assert.Throws<SerializationException>(() => { pool.Submit(() => text.Length); });

        Assert.Contains("1073741824 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Equal(7, await pool.Submit(static () => 7));
    }

    /// <summary>Seen red: the worker was killed for a frame that nobody takes.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_get_an_exception_for_a_result_or_an_exception_that_is_too_big_for_a_message_and_the_worker_stays()
    {
        await using ProcessPoolExecutor pool = new(1);
        int process = await pool.Submit(static () => Environment.ProcessId);

        SerializationException result = await Assert.ThrowsAsync<SerializationException>(
            () => pool.SubmitAsync(static () => new string('é', TooManyLetters)));
        Assert.Contains("1073741824 bytes", result.Message, StringComparison.Ordinal);

        SerializationException exception = await Assert.ThrowsAsync<SerializationException>(
            () => pool.SubmitAsync(static () => Throw(new FormatException(new string('é', TooManyLetters)))));
        Assert.Contains(nameof(FormatException), exception.Message, StringComparison.Ordinal);

        Assert.Equal(process, await pool.Submit(static () => Environment.ProcessId));

        static int Throw(Exception exception) => throw exception;
    }

    /// <summary>Seen red: the worker ended with an exception that nobody caught.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_get_an_exception_for_a_call_whose_worker_has_no_descriptor_free_for_it_and_the_worker_stays()
    {
        await using ProcessPoolExecutor pool = new(1);
        byte[] big = new byte[1 << 20];
        int process = await pool.Submit(() => big.Length == 0 ? 0 : Environment.ProcessId);
        await pool.Submit(static () => DescriptorLimit.Close());

        IOException lost = await Assert.ThrowsAsync<IOException>(() => pool.SubmitAsync(() => big.Length));

        Assert.Contains("EMFILE", lost.Message, StringComparison.Ordinal);
        await pool.Submit(static () => DescriptorLimit.Open());
        Assert.Equal(process, await pool.Submit(() => big.Length == 0 ? 0 : Environment.ProcessId));
    }
}
