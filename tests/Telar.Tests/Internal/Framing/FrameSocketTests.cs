using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Native;
using Telar.Multiprocessing.Workers;

namespace Telar.Tests.Internal.Framing;

/// <summary>Frames and their descriptors over a real socket pair.</summary>
public sealed class FrameSocketTests : FrameSocketPair
{
    [Fact(Timeout = 120_000)]
    public async Task Send_OfFramesWithAndWithoutDescriptors_GivesEachFrameItsOwn()
    {
        const int Frames = 500;
        Task sender = Task.Factory.StartNew(
            () =>
            {
                Random random = new(7);
                for (int i = 0; i < Frames; i++)
                {
                    using BlobFile? blobs = i % 3 == 0 ? Blobs(i + 1) : null;
                    byte[] payload = new byte[random.Next(10) == 0 ? random.Next(300_000) : random.Next(100)];
                    Mine.Send(new FrameHeader(FrameKind.Result, blobs is not null ? FrameBlobs.Attached : FrameBlobs.None, i, payload.Length), payload, blobs?.Handle);
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        await Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Frames; i++)
                {
                    Assert.True(Theirs.ReceiveFrame(out FrameHeader header, out _));
                    Assert.Equal(i, header.Sequence);
                    Assert.Equal(i % 3 == 0, header.HasBlobs);
                    if (header.HasBlobs)
                    {
                        SafeFileHandle received = Theirs.TakeBlobs();
                        Assert.Equal(Interop.Libc.FD_CLOEXEC, Interop.Libc.fcntl(received, Interop.Libc.F_GETFD, 0));
                        using BlobFile blobs = BlobFile.Open(received);
                        Assert.Equal(i + 1, blobs.OpenSource().GetLength(0));
                    }
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await sender;
    }

    [Fact(Timeout = 120_000)]
    public void ReceiveFrame_WithinATimeLimit_KeepsWhatHasCome()
    {
        Assert.Throws<TimeoutException>(() => Theirs.ReceiveFrame(TimeSpan.Zero, out _, out _));
        byte[] frame = new byte[FrameHeader.Size + 3];
        new FrameHeader(FrameKind.Hello, FrameBlobs.None, 7, 3).Write(frame);
        _ = Mine.TrySend(frame.AsSpan(0, 10), null);
        Assert.Throws<TimeoutException>(() => Theirs.ReceiveFrame(TimeSpan.FromMilliseconds(20), out _, out _));
        _ = Mine.TrySend(frame.AsSpan(10), null);

        Assert.True(Theirs.ReceiveFrame(TimeSpan.FromSeconds(20), out FrameHeader header, out ReadOnlyMemory<byte> payload));

        Assert.Equal((7, 3), ((int)header.Sequence, payload.Length));
        Mine.Dispose();
        Assert.False(Theirs.ReceiveFrame(TimeSpan.FromSeconds(20), out _, out _));
    }

    [Fact(Timeout = 120_000)]
    public void ReceiveFrame_WhenTheOtherSideClosesBetweenFrames_SaysSo()
    {
        Mine.Send(new FrameHeader(FrameKind.Stop, FrameBlobs.None, 0, 0), []);
        Mine.Dispose();

        Assert.True(Theirs.ReceiveFrame(out FrameHeader header, out _));
        Assert.Equal(FrameKind.Stop, header.Kind);
        Assert.False(Theirs.ReceiveFrame(out _, out _));
    }

    [Fact(Timeout = 120_000)]
    public void ReceiveFrame_WhenTheOtherSideClosesWithinAFrame_SaysHowFarItCame()
    {
        byte[] bytes = new byte[FrameHeader.Size + 10];
        new FrameHeader(FrameKind.Result, FrameBlobs.None, 0, 100).Write(bytes);
        Assert.Equal(bytes.Length, Mine.TrySend(bytes, null));
        Mine.Dispose();

        InvalidDataException broken = Assert.Throws<InvalidDataException>(() => Theirs.ReceiveFrame(out _, out _));
        Assert.Contains("34 bytes", broken.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void TakeBlobs_WhenNoneCame_SaysSo()
    {
        Mine.Send(new FrameHeader(FrameKind.Result, FrameBlobs.Attached, 0, 0), []);
        Assert.True(Theirs.ReceiveFrame(out _, out _));

        Assert.Throws<InvalidDataException>(() => Theirs.TakeBlobs());
    }

    [Fact(Timeout = 120_000)]
    public void TryReceive_OfDescriptorsThatNoFrameAnnounces_RefusesToHoardThem()
    {
        using BlobFile blobs = Blobs(1);
        for (int i = 0; i < 40; i++)
        {
            byte[] bytes = new byte[FrameHeader.Size];
            new FrameHeader(FrameKind.Result, FrameBlobs.None, i, 0).Write(bytes);
            Assert.Equal(bytes.Length, Mine.TrySend(bytes, blobs.Handle));
        }

        InvalidDataException flood = Assert.Throws<InvalidDataException>(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                Theirs.TryReceive();
            }
        });
        Assert.Contains("descriptors that no frame announced", flood.Message, StringComparison.Ordinal);
    }

    private static BlobFile Blobs(int length)
    {
        BlobFile file = new();
        file.Sink.Add(new byte[length]);
        file.Seal();
        return file;
    }
}
