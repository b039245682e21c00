using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Calls;
using Telar.Multiprocessing.Pools;
using Telar.Multiprocessing.Workers;

namespace Telar.Tests.Concurrent.Futures;

/// <summary>How a call for a process pool is encoded, before any worker is involved.</summary>
public sealed class ProcessCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Mutants: a call that has rented a file, and does not need it, gives it back and looks only then whether it has content; the cache
    /// keeps the file that it gives out.
    /// </summary>
    [Fact(Timeout = 120_000)]
    public async Task Encode_OfSmallAndBigCallsAtOnce_GivesEachItsOwnFileOrNone()
    {
        WorkerPool pool = new(new WorkerPoolSettings { Name = "encode", Policy = new PoolPolicy(), Output = static (_, _, _, _) => { } });
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(Token);

        // More threads than processors, so that some are interrupted at every place.
        Task[] small = [.. Enumerable.Range(0, 4).Select(_ => Start(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                EncodeSmall(pool);
            }
        }))];
        Task[] big = [.. Enumerable.Range(1, 4).Select(fill => Start(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                EncodeBig(pool, (byte)fill);
            }
        }))];
        try
        {
            await Task.WhenAll(big);
        }
        finally
        {
            await ended.CancelAsync();
            pool.Shutdown(cancelPending: true);
            await pool.Finished.WaitAsync(Token);
        }

        await Task.WhenAll(small);

        static Task Start(Action action) =>
            Task.Factory.StartNew(action, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact(Timeout = 120_000)]
    public Task RentedBlobs_UntilTheFirstBuffer_LeavesTheSpareFileToOthers()
    {
        using BlobFileCache cache = new(TimeProvider.System);
        BlobFile file = cache.Rent();
        file.Sink.Add(new byte[BlobFile.Threshold]);
        cache.Return(file);

        RentedBlobs blobs = new(cache);
        Assert.Null(blobs.File);
        Assert.True(cache.HasSpare);

        blobs.Add(new byte[BlobFile.Threshold]);
        Assert.Same(file, blobs.File);
        Assert.False(cache.HasSpare);
        file.Dispose();
        return Task.CompletedTask;
    }

    private static void EncodeSmall(WorkerPool pool)
    {
        ProcessCall<int> call = ProcessCall<int>.Encode(pool, new FuncCall<int>(static () => 1), null);
        Assert.Null(call.Blobs);
        call.Payload.Dispose();
    }

    private static void EncodeBig(WorkerPool pool, byte fill)
    {
        byte[] content = new byte[BlobFile.Threshold];
        content.AsSpan().Fill(fill);
        ProcessCall<int> call = ProcessCall<int>.Encode(pool, new FuncCall<int>(() => content.Length), null);
        Assert.NotNull(call.Blobs);
        byte[] found = new byte[content.Length];
        call.Blobs.OpenSource().CopyTo(0, found);
        Assert.Equal(-1, found.AsSpan().IndexOfAnyExcept(fill));
        call.Payload.Dispose();
        pool.Blobs.Return(call.Blobs);
    }
}
