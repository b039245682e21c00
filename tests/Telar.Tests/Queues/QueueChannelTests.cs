using System.Threading.Channels;
using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

public class QueueChannelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task AReaderAndAWriter_AreTheTwoEndsOfTheQueue()
    {
        using Queue<int> queue = new(2);
        ChannelWriter<int> writer = queue.AsWriter();
        ChannelReader<int> reader = queue.AsReader();

        Assert.True(writer.TryWrite(1));
        await writer.WriteAsync(2, Token);
        Assert.False(writer.TryWrite(3));
        Task blocked = writer.WriteAsync(3, Token).AsTask();
        Assert.True(reader.CanCount && reader.CanPeek);
        Assert.Equal(2, reader.Count);
        Assert.True(reader.TryPeek(out int next));
        Assert.True(reader.TryRead(out int first));
        await blocked;
        Assert.Equal((1, 1), (next, first));
        Assert.Equal((2, 3), (await reader.ReadAsync(Token), await reader.ReadAsync(Token)));
        Task<int> read = reader.ReadAsync(Token).AsTask();
        queue.PutNoWait(4);
        Assert.Equal(4, await read);
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitToRead_IsTrueForAnItemAndFalseAtTheEnd()
    {
        using SimpleQueue<int> queue = new();
        ChannelReader<int> reader = queue.AsReader();
        Task<bool> readable = reader.WaitToReadAsync(Token).AsTask();
        await queue.UntilWaitingAsync(1);
        queue.Put(1);
        Assert.True(await readable);
        Assert.True(await reader.WaitToReadAsync(Token));
        Assert.Equal(1, queue.Count);
        Task completion = reader.Completion;
        queue.Shutdown();
        Assert.False(completion.IsCompleted);
        Assert.True(await reader.WaitToReadAsync(Token));

        Assert.True(reader.TryRead(out _));
        await completion;
        await reader.Completion;
        Assert.False(await reader.WaitToReadAsync(Token));
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await reader.ReadAsync(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitToRead_WhenTheQueueEndsMeanwhile_IsFalse()
    {
        using Queue<int> queue = new();
        Task<bool> readable = queue.AsReader().WaitToReadAsync(Token).AsTask();
        Task completion = queue.AsReader().Completion;
        await queue.UntilWaitingAsync(1);
        queue.Shutdown();
        Assert.False(await readable);
        await completion;
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitToWrite_IsTrueForRoomAndFalseAtTheEnd()
    {
        using Queue<int> queue = new(1);
        ChannelWriter<int> writer = queue.AsWriter();
        Assert.True(await writer.WaitToWriteAsync(Token));
        queue.PutNoWait(1);
        Task<bool> writable = writer.WaitToWriteAsync(Token).AsTask();
        await queue.UntilWaitingAsync(1);
        queue.GetNoWait();
        Assert.True(await writable);

        queue.PutNoWait(2);
        writable = writer.WaitToWriteAsync(Token).AsTask();
        await queue.UntilWaitingAsync(1);
        Assert.True(writer.TryComplete());
        Assert.False(writer.TryComplete());
        Assert.False(await writable);
        Assert.False(await writer.WaitToWriteAsync(Token));
        Assert.False(writer.TryWrite(3));
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await writer.WriteAsync(3, Token));
        Assert.True(queue.IsShutDown);
    }

    [Fact(Timeout = 120_000)]
    public async Task CompletingWithAnException_FailsTheReader()
    {
        using Queue<int> queue = new();
        ChannelReader<int> reader = queue.AsReader();
        Task<bool> readable = reader.WaitToReadAsync(Token).AsTask();
        await queue.UntilWaitingAsync(1);
        Task<int> get = queue.GetAsync(cancellationToken: Token).AsTask();
        FormatException failure = new("bad line");
        queue.AsWriter().Complete(failure);

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => readable));
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => reader.Completion));
        Assert.Same(failure, (await Assert.ThrowsAsync<QueueShutDownException>(() => get)).InnerException);
        Assert.Same(failure, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await reader.ReadAsync(Token))).InnerException);
    }

    [Fact(Timeout = 120_000)]
    public async Task ReadAllAsync_OfTheReader_ReadsToTheEnd()
    {
        using PriorityQueue<int> queue = new();
        foreach (int item in (int[])[3, 1, 2])
        {
            queue.PutNoWait(item);
        }

        queue.Shutdown();
        List<int> read = [];
        await foreach (int item in queue.AsReader().ReadAllAsync(Token))
        {
            read.Add(item);
        }

        Assert.Equal([1, 2, 3], read);
    }

    [Fact(Timeout = 120_000)]
    public async Task Reading_WithACancelledToken_IsCancelled()
    {
        using Queue<int> queue = new();
        queue.PutNoWait(1);
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queue.AsReader().ReadAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queue.AsReader().WaitToReadAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queue.AsWriter().WriteAsync(2, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queue.AsWriter().WaitToWriteAsync(cancelled));
        Assert.Equal(1, queue.Count);
    }
}
