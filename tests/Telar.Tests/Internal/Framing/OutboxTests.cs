using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Native;
using Telar.Multiprocessing.Workers;

namespace Telar.Tests.Internal.Framing;

/// <summary>Any thread appends, nobody waits, order is kept, and no descriptor is left behind.</summary>
public sealed class OutboxTests : FrameSocketPair
{
    [Fact(Timeout = 120_000)]
    public async Task Append_ByManyThreads_KeepsTheOrderOfEachAndLosesNothing()
    {
        const int Threads = 4;
        const int Frames = 2000;
        using Outbox outbox = Make(out SemaphoreSlim writable, out _);
        Task reader = Task.Factory.StartNew(
            () =>
            {
                int[] next = new int[Threads];
                for (int i = 0; i < Threads * Frames; i++)
                {
                    Assert.True(Theirs.ReceiveFrame(out FrameHeader header, out ReadOnlyMemory<byte> payload));
                    int thread = (int)(header.Sequence >> 32);
                    Assert.Equal(next[thread]++, (int)header.Sequence);
                    Assert.Equal(thread * 100, payload.Length);
                    if (header.HasBlobs)
                    {
                        using BlobFile blobs = BlobFile.Open(Theirs.TakeBlobs());
                        Assert.Equal((header.Sequence & 0xFF) + 1, blobs.OpenSource().GetLength(0));
                    }
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        using CancellationTokenSource stop = new();
        Task unblocker = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (await writable.WaitAsync(20, Token))
                    {
                        await Task.Delay(1, Token);
                        outbox.Unblock();
                    }
                }
            },
            Token);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(
            () =>
            {
                byte[] payload = new byte[thread * 100];
                for (int i = 0; i < Frames; i++)
                {
                    using BlobFile? blobs = i % 97 == 0 ? Blobs((i & 0xFF) + 1) : null;
                    outbox.Append(new FrameHeader(FrameKind.Call, blobs is not null ? FrameBlobs.Attached : FrameBlobs.None, ((long)thread << 32) | (uint)i, payload.Length), payload, blobs?.Handle);
                    outbox.Flush();
                }
            },
            Token)));
        await reader.WaitAsync(Token);
        await stop.CancelAsync();
        await unblocker;
    }

    /// <summary>Seen red: the descriptors of frames that were half on their way were held for ever.</summary>
    [Fact(Timeout = 120_000)]
    public void Dispose_WhileTheSocketIsFull_LetsGoOfEveryDescriptor()
    {
        Outbox outbox = Make(out SemaphoreSlim writable, out _);
        BlobFile one = Blobs(10);
        BlobFile two = Blobs(10);
        SafeFileHandle[] handles = [one.Handle, two.Handle];
        byte[] large = new byte[4 << 20];
        outbox.Append(new FrameHeader(FrameKind.Call, FrameBlobs.None, 1, large.Length), large, null);
        outbox.Append(new FrameHeader(FrameKind.Call, FrameBlobs.Attached, 2, 0), [], one.Handle);
        outbox.Flush();
        Assert.True(writable.Wait(0, Token), "Four megabytes went through a socket that nobody reads.");
        outbox.Append(new FrameHeader(FrameKind.Call, FrameBlobs.Attached, 3, 0), [], two.Handle);
        one.Dispose();
        two.Dispose();
        Assert.All(handles, static handle => Assert.False(handle.IsClosed, "The frame has not left, and its data is gone."));

        outbox.Dispose();

        Assert.All(handles, static handle => Assert.True(handle.IsClosed));
        outbox.Unblock();
        outbox.Flush();
    }

    [Fact(Timeout = 120_000)]
    public void Flush_WhenTheOtherSideIsGone_TellsOnceAndLetsGo()
    {
        using Outbox outbox = Make(out _, out List<Exception> failures);
        BlobFile blobs = Blobs(10);
        SafeFileHandle handle = blobs.Handle;
        outbox.Append(new FrameHeader(FrameKind.Call, FrameBlobs.Attached, 1, 0), [], handle);
        blobs.Dispose();
        Theirs.Dispose();

        outbox.Flush();
        outbox.Append(new FrameHeader(FrameKind.Call, FrameBlobs.None, 2, 0), [], null);
        outbox.Flush();

        Assert.IsType<IOException>(Assert.Single(failures));
        Assert.True(handle.IsClosed);
    }

    [Fact(Timeout = 120_000)]
    public void Unblock_WithoutHavingBeenBlocked_DoesNothing()
    {
        using Outbox outbox = Make(out _, out _);
        outbox.Append(new FrameHeader(FrameKind.Call, FrameBlobs.None, 1, 0), [], null);

        outbox.Unblock();

        Assert.Equal(ReceiveResult.Nothing, Theirs.TryReceive());
        outbox.Flush();
        Assert.Equal(ReceiveResult.Data, Theirs.TryReceive());
    }

    [Fact(Timeout = 120_000)]
    public void Append_BeyondOnePart_KeepsTheOrderAndTheDescriptors()
    {
        const int Frames = 50;
        using Outbox outbox = Make(out _, out _, partLimit: 3 * FrameHeader.Size);
        for (int i = 1; i <= Frames; i++)
        {
            // Some frames are alone larger than a part may be.
            using BlobFile? blobs = i % 3 == 0 ? Blobs(i) : null;
            byte[] payload = new byte[i % 5 * 20];
            outbox.Append(new FrameHeader(FrameKind.Call, blobs is null ? FrameBlobs.None : FrameBlobs.Attached, i, payload.Length), payload, blobs?.Handle);
        }

        outbox.Flush();

        for (int i = 1; i <= Frames; i++)
        {
            Assert.True(Theirs.ReceiveFrame(out FrameHeader header, out ReadOnlyMemory<byte> received));
            Assert.Equal((i, i % 5 * 20), (header.Sequence, received.Length));
            if (header.HasBlobs)
            {
                using BlobFile arrived = BlobFile.Open(Theirs.TakeBlobs());
            }
        }
    }

    private static BlobFile Blobs(int length)
    {
        BlobFile file = new();
        file.Sink.Add(new byte[length]);
        file.Seal();
        return file;
    }

    private Outbox Make(out SemaphoreSlim writable, out List<Exception> failures, int partLimit = Outbox.LargestPart)
    {
        SemaphoreSlim gate = new(0);
        List<Exception> failed = [];
        writable = gate;
        failures = failed;
        return new Outbox(Mine, () => gate.Release(), failed.Add, partLimit);
    }
}
