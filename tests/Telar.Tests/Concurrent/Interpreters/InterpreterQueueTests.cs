namespace Telar.Tests.Concurrent.Interpreters;

using Telar.Concurrent.Interpreters;
using Telar.Queues;

public sealed class InterpreterQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Put_InOneInterpreter_IsGotInAnother()
    {
        using Interpreter one = Interpreter.Create();
        using Interpreter other = Interpreter.Create();
        InterpreterQueue<Item> queue = Interpreter.CreateQueue<Item>();

        one.Call(() => queue.Put(new Item("tea", [1])));
        int count = other.Call(() => queue.Get().Amounts.Count);
        other.Call(() => queue.PutNoWait(new Item("rice", [1, 2])));

        Assert.Equal(1, count);
        Assert.Equal([1, 2], queue.Get(cancellationToken: Token).Amounts);
        Assert.True(queue.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public void Id_IsTheSameEverywhere_AndSoIsTheQueue()
    {
        using Interpreter interpreter = Interpreter.Create();
        InterpreterQueue<Item> queue = Interpreter.CreateQueue<Item>(maxSize: 3, UnboundPolicy.Raise);
        InterpreterQueue<Item> another = Interpreter.CreateQueue<Item>();

        (long id, int size, UnboundPolicy policy) = interpreter.Call(() => (queue.Id, queue.MaxSize, queue.UnboundPolicy));
        InterpreterQueue<Item> back = interpreter.Call(() => queue);

        Assert.Equal((queue.Id, 3, UnboundPolicy.Raise), (id, size, policy));
        Assert.Equal(queue, back);
        Assert.Equal(queue.GetHashCode(), back.GetHashCode());
        Assert.NotEqual(queue, another);
        Assert.True(another.Id > queue.Id);
        Assert.Equal($"InterpreterQueue {queue.Id} (0 of 3 items)", queue.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void GetNoWait_OnAnEmptyOne_AndPutNoWait_OnAFullOne_AreRefused()
    {
        InterpreterQueue<int> queue = Interpreter.CreateQueue<int>(maxSize: 1);

        Assert.Throws<QueueEmptyException>(() => queue.GetNoWait());
        Assert.Throws<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(1), Token));
        Assert.False(queue.TryGet(out _));
        queue.PutNoWait(1);
        Assert.True(queue.IsFull);
        Assert.Throws<QueueFullException>(() => queue.PutNoWait(2));
        Assert.Throws<QueueFullException>(() => queue.Put(2, TimeSpan.FromMilliseconds(1), Token));
        Assert.False(queue.TryPut(2));
        Assert.Equal(1, queue.GetNoWait());
    }

    [Fact(Timeout = 120_000)]
    public async Task GetAsync_WaitsForAnItemOfAnotherInterpreter()
    {
        using Interpreter interpreter = Interpreter.Create();
        InterpreterQueue<string> queue = Interpreter.CreateQueue<string>();

        ValueTask<string> waiting = queue.GetAsync(cancellationToken: Token);
        await interpreter.CallAsync(async () => await queue.PutAsync("hello"), Token);

        Assert.Equal("hello", await waiting);
    }

    [Fact(Timeout = 120_000)]
    public async Task Get_WithACancelledToken_TakesNothing()
    {
        InterpreterQueue<string> queue = Interpreter.CreateQueue<string>();
        using var cancel = new CancellationTokenSource();
        ValueTask<string> waiting = queue.GetAsync(cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        queue.Put("stays", cancellationToken: Token);
        Assert.Equal(1, queue.Count);
    }

    [Fact(Timeout = 120_000)]
    public void Put_OfSomethingThatCannotCross_IsRefusedAndNothingIsPut()
    {
        InterpreterQueue<object> queue = Interpreter.CreateQueue<object>();

        Assert.Throws<NotShareableException>(() => queue.Put(new MemoryStream(), cancellationToken: Token));

        Assert.True(queue.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public void Put_TakesTheItemAsItIs()
    {
        InterpreterQueue<Item> queue = Interpreter.CreateQueue<Item>();
        var item = new Item("tea", [1]);

        queue.Put(item, cancellationToken: Token);
        item.Amounts.Add(2);

        Assert.Equal([1], queue.GetNoWait().Amounts);
    }

    [Fact(Timeout = 120_000)]
    public void ReadAll_EndsWithTheShutdown()
    {
        using Interpreter interpreter = Interpreter.Create();
        InterpreterQueue<int> queue = Interpreter.CreateQueue<int>();

        interpreter.Call(() =>
        {
            queue.Put(1);
            queue.Put(2);
            queue.Shutdown();
        });

        Assert.Equal([1, 2], queue.ReadAll(Token));
        Assert.Throws<QueueShutDownException>(() => queue.Put(3, cancellationToken: Token));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(UnboundPolicy.Keep)]
    [InlineData(UnboundPolicy.Replace)]
    [InlineData(UnboundPolicy.Raise)]
    [InlineData(UnboundPolicy.Remove)]
    public void Close_OfThePutter_DoesWithItsItemsWhatThePolicySays(UnboundPolicy policy)
    {
        InterpreterQueue<string> queue = Interpreter.CreateQueue<string>(0, policy);
        using (Interpreter interpreter = Interpreter.Create())
        {
            interpreter.Call(() => queue.Put("theirs"));
        }

        queue.Put("mine", cancellationToken: Token);

        Assert.Equal(policy == UnboundPolicy.Remove ? 1 : 2, queue.Count);
        switch (policy)
        {
            case UnboundPolicy.Keep:
                Assert.Equal("theirs", queue.GetNoWait());
                break;
            case UnboundPolicy.Replace:
                Assert.Null(queue.GetNoWait());
                break;
            case UnboundPolicy.Raise:
                Assert.Contains("is closed", Assert.Throws<ItemInterpreterDestroyedException>(() => queue.GetNoWait()).Message, StringComparison.Ordinal);
                break;
            default:
                break;
        }

        Assert.Equal("mine", queue.GetNoWait());
        Assert.True(queue.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public async Task Close_OfThePutter_WithThePolicyRemove_MakesRoomForOneWhoWaits()
    {
        InterpreterQueue<string> queue = Interpreter.CreateQueue<string>(1, UnboundPolicy.Remove);
        Interpreter interpreter = Interpreter.Create();
        interpreter.Call(() => queue.Put("theirs"));
        ValueTask waiting = queue.PutAsync("mine", cancellationToken: Token);
        Assert.False(waiting.IsCompleted);

        interpreter.Close();

        await waiting;
        Assert.Equal("mine", queue.GetNoWait());
    }

    [Fact(Timeout = 120_000)]
    public void Close_AfterAShutdown_LeavesItemsOfOthersToBeDrained()
    {
        InterpreterQueue<string> queue = Interpreter.CreateQueue<string>(0, UnboundPolicy.Remove);
        Interpreter interpreter = Interpreter.Create();
        interpreter.Call(() => queue.Put("theirs"));
        queue.Put("mine", cancellationToken: Token);
        queue.Shutdown();

        interpreter.Close();

        Assert.Equal(["mine"], queue.ReadAll(Token));
    }

    private sealed record Item(string Name, List<int> Amounts);
}
