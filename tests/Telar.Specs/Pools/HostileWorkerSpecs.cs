using Telar.Concurrent.Futures;
using Telar.Internal.Framing;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>Code in a worker can do anything to the worker; the parent survives it and says what happened.</summary>
public sealed class HostileWorkerSpecs : ProcessSpec
{
    [Theory(Timeout = 120_000)]
    [InlineData(Hostility.Garbage, "frame header was expected")]
    [InlineData(Hostility.HalfAFrame, "SIGKILL")]
    [InlineData(Hostility.AnswerToNoCall, "call 4711")]
    [InlineData(Hostility.FrameOfTheParent, "only a parent may send")]
    [InlineData(Hostility.ReadyAgain, "twice")]
    [InlineData(Hostility.StartFailedLate, "twice")]
    [InlineData(Hostility.BlobsWithoutDescriptor, "no descriptor came")]
    [InlineData(Hostility.HugeFrame, "frame header was expected")]
    [InlineData(Hostility.CloseData, "closed its data socket")]
    [InlineData(Hostility.ShutDownWriting, "closed its data socket")]
    public async Task I_lose_one_call_to_code_that_spoils_its_workers_connection_and_read_why(Hostility hostility, string expected)
    {
        await using ProcessPoolExecutor pool = new(1);

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(
            () => pool.SubmitAsync(() => Misbehaviour.Commit(hostility)));

        Assert.Contains(expected, death.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("memory limit", hostility == Hostility.HalfAFrame ? "" : death.Message, StringComparison.Ordinal);
        Assert.Equal(7, await pool.Submit(static () => 7));
        Assert.False(pool.IsBroken);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_an_exception_for_an_answer_that_cannot_be_read_and_the_worker_stays()
    {
        await using ProcessPoolExecutor pool = new(1);

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => pool.SubmitAsync(static () =>
        {
            new FrameSocket(new Microsoft.Win32.SafeHandles.SafeFileHandle(3, ownsHandle: false))
                .Send(new FrameHeader(FrameKind.Result, FrameBlobs.None, 1, 5), [0xFF, 0xFE, 0xFD, 0xFC, 0xFB]);
            return "the true answer";
        }));

        Assert.IsType<Serialization.SerializationException>(failure);

        // The true answer came second, so to speak, and cost the worker its life; the pool goes on.
        Assert.Equal(7, await pool.Submit(static () => 7, new CallOptions { Retries = 1 }));
    }

    /// <summary>Seen red: the exception reached the pool's thread and ended the pool; a read would have waited for ever.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_get_an_exception_for_an_answer_that_comes_with_a_pipe()
    {
        await using ProcessPoolExecutor pool = new(1);

        InvalidDataException failure = await Assert.ThrowsAsync<InvalidDataException>(
            () => pool.SubmitAsync(static () => Misbehaviour.Commit(Hostility.DescriptorOfAPipe)));

        Assert.Contains("memory file", failure.Message, StringComparison.Ordinal);
        Assert.Equal(7, await pool.Submit(static () => 7, new CallOptions { Retries = 1 }));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_close_the_other_descriptors_of_a_worker_and_it_serves_on()
    {
        await using ProcessPoolExecutor pool = new(1);
        int process = await pool.Submit(static () => Environment.ProcessId);

        await pool.Submit(static () => _ = Interop.Libc.close(5));
        Assert.Equal(process, await pool.Submit(static () => Environment.ProcessId));

        // Without its lifeline a worker cannot be asked to stop, but it can still be killed.
        await pool.Submit(static () => _ = Interop.Libc.close(4));
        Future<int> deaf = pool.Submit(
            static () =>
            {
                new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(60));
                return 0;
            },
            new CallOptions { Timeout = TimeSpan.FromMilliseconds(200), Grace = TimeSpan.FromMilliseconds(200), Name = "deaf" });
        CallTimeoutException late = await Assert.ThrowsAsync<CallTimeoutException>(() => deaf.AsTask());
        Assert.Equal(CallStop.WorkerKilled, late.Stop);
        Assert.Equal(8, await pool.Submit(static () => 8));
    }
}
