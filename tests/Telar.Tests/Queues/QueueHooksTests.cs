using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

/// <summary>Queues that users derive: hooks that throw, that store less than they are given, that call back.</summary>
public class QueueHooksTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void InitCore_RunsBeforeTheDerivedConstructor()
    {
        using FailingQueue queue = new(3);
        Assert.Equal((3, true), (queue.InitialSize, queue.InitCameFirst));
    }

    [Fact(Timeout = 120_000)]
    public void AHookThatThrowsInPut_LeavesTheQueueAsItWas()
    {
        using FailingQueue queue = new(2);
        queue.PutNoWait(1);
        queue.FailsNextPut = true;
        Assert.Throws<FormatException>(() => queue.Put(2, cancellationToken: Token));
        Assert.Equal((1, 1L), (queue.Count, queue.UnfinishedCount));

        queue.PutNoWait(3);
        Assert.Equal([1, 3], [queue.GetNoWait(), queue.GetNoWait()]);
    }

    [Fact(Timeout = 120_000)]
    public async Task AHookThatThrowsInPutAsync_ArrivesInTheTask()
    {
        using FailingQueue queue = new(2) { FailsNextPut = true };
        ValueTask put = queue.PutAsync(1, cancellationToken: Token);
        await Assert.ThrowsAsync<FormatException>(() => put.AsTask());
        queue.PutNoWait(1);
        queue.FailsNextGet = true;
        ValueTask<int> get = queue.GetAsync(cancellationToken: Token);
        await Assert.ThrowsAsync<FormatException>(() => get.AsTask());
        Assert.Equal(1, queue.GetNoWait());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AHookThatThrowsForOneWhoWaitsToPut_IsToldToHim(bool isAsync)
    {
        using FailingQueue queue = new(1);
        queue.PutNoWait(1);
        Task put = isAsync ? queue.PutAsync(2, cancellationToken: CancellationToken.None).AsTask() : Waits.Start(() => queue.Put(2, cancellationToken: Token));
        await queue.UntilWaitingAsync(1);
        queue.FailsNextPut = true;

        Assert.Equal(1, queue.GetNoWait());

        await Assert.ThrowsAsync<FormatException>(() => put);
        Assert.Equal((0, 1L), (queue.Count, queue.UnfinishedCount));
        queue.PutNoWait(3);
        Assert.Equal(3, queue.GetNoWait());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AHookThatThrowsForOneWhoWaitsToGet_IsToldToHimAndTheItemGoesToTheNext(bool isAsync)
    {
        using FailingQueue queue = new(1);
        Task<int> first = isAsync ? queue.GetAsync(cancellationToken: Token).AsTask() : Waits.Start(() => queue.Get(cancellationToken: Token));
        await queue.UntilWaitingAsync(1);
        Task<int> second = queue.GetAsync(cancellationToken: Token).AsTask();
        queue.FailsNextGet = true;

        queue.PutNoWait(1);

        await Assert.ThrowsAsync<FormatException>(() => first);
        Assert.Equal(1, await second);
        Assert.True(queue.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public void AHookThatThrowsInTryGetMany_KeepsWhatWasTakenBefore()
    {
        using FailingQueue queue = new(5);
        queue.PutNoWait(1);
        queue.PutNoWait(2);
        int[] items = new int[5];
        queue.FailsNextGet = true;
        Assert.Throws<FormatException>(() => queue.TryGetMany(items));
        queue.FailsGetOf = 2;
        Assert.Equal(1, queue.TryGetMany(items));
        Assert.Equal((1, 1), (items[0], queue.Count));
    }

    [Fact(Timeout = 120_000)]
    public async Task AQueueThatKeepsAnItemOnce_CountsEveryPut()
    {
        using DistinctQueue queue = new();
        queue.PutNoWait(1);
        queue.PutNoWait(1);
        Assert.Equal((1, 2L), (queue.Count, queue.UnfinishedCount));
        Assert.Equal(1, queue.GetNoWait());

        // A put that stores nothing gives nothing to who waits.
        queue.Refused = 5;
        Task<int> get = queue.GetAsync(cancellationToken: Token).AsTask();
        queue.PutNoWait(5);
        Assert.False(get.IsCompleted);
        queue.PutNoWait(6);
        Assert.Equal(6, await get);
    }

    [Fact(Timeout = 120_000)]
    public void AQueueWithoutPeekAndSnapshot_SaysSo()
    {
        using DistinctQueue queue = new();
        Assert.False(queue.TryPeek(out _));
        queue.PutNoWait(1);
        Assert.Contains("PeekCore", Assert.Throws<NotSupportedException>(() => queue.TryPeek(out _)).Message, StringComparison.Ordinal);
        Assert.Contains("SnapshotCore", Assert.Throws<NotSupportedException>(() => queue.ToArray()).Message, StringComparison.Ordinal);
        queue.PutNoWait(2);
        queue.Shutdown(immediate: true);
        Assert.Equal((0, 0L), (queue.Count, queue.UnfinishedCount));
    }

    [Fact(Timeout = 120_000)]
    public void AHookThatCallsItsQueue_GetsAnExceptionAndNoHang()
    {
        using FailingQueue queue = new(2) { CallsBack = true };
        Assert.Throws<LockRecursionException>(() => queue.PutNoWait(1));
        queue.CallsBack = false;
        queue.PutNoWait(2);
        Assert.Equal(2, queue.GetNoWait());
    }

    private sealed class FailingQueue : Queue<int>
    {
        private readonly object _initialized = new();

        public FailingQueue(int maxSize)
            : base(maxSize) => IsConstructed = true;

        public int InitialSize { get; private set; }

        public bool InitCameFirst { get; private set; }

        public bool FailsNextPut { get; set; }

        public bool FailsNextGet { get; set; }

        public int FailsGetOf { get; set; } = -1;

        public bool CallsBack { get; set; }

        private bool IsConstructed { get; }

        protected override void InitCore(int maxSize)
        {
            InitialSize = maxSize;
            InitCameFirst = !IsConstructed && _initialized is not null;
        }

        protected override void PutCore(int item)
        {
            if (FailsNextPut)
            {
                FailsNextPut = false;
                throw new FormatException("put");
            }

            if (CallsBack)
            {
                TryPut(item);
            }

            base.PutCore(item);
        }

        protected override int GetCore()
        {
            if (FailsNextGet || PeekCore() == FailsGetOf)
            {
                FailsNextGet = false;
                throw new FormatException("get");
            }

            return base.GetCore();
        }
    }

    private sealed class DistinctQueue() : QueueBase<int>(0)
    {
        private readonly SortedSet<int> _items = [];

        public int Refused { get; set; } = -1;

        protected override int CountCore() => _items.Count;

        protected override void PutCore(int item)
        {
            if (item != Refused)
            {
                _items.Add(item);
            }
        }

        protected override int GetCore()
        {
            int item = _items.Min;
            _items.Remove(item);
            return item;
        }
    }
}
