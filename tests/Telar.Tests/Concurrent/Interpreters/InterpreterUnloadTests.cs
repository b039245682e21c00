using System.Runtime.CompilerServices;

namespace Telar.Tests.Concurrent.Interpreters;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Interpreters;

public sealed class InterpreterUnloadTests
{
    private static readonly List<object> s_inside = [];
    private static readonly AsyncLocal<Item?> s_flowing = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Close_AfterCallsOfAllKinds_Unloads()
    {
        Interpreter interpreter = Used();

        interpreter.Close();

        AssertUnloads(interpreter);
    }

    [Fact(Timeout = 120_000)]
    public void Close_AfterSoManyCallsThatTheCodecCompiles_Unloads()
    {
        Interpreter interpreter = Hot();

        interpreter.Close();

        AssertUnloads(interpreter);
    }

    [Fact(Timeout = 120_000)]
    public void Close_AfterExceptionsOfItsOwnTypes_Unloads()
    {
        Interpreter interpreter = Failed();

        interpreter.Close();

        AssertUnloads(interpreter);
    }

    [Fact(Timeout = 120_000)]
    public void Close_AfterItsCodeHasSetAnAsyncLocal_Unloads()
    {
        Interpreter interpreter = WithAsyncLocal();

        interpreter.Close();

        AssertUnloads(interpreter);
    }

    [Fact(Timeout = 120_000)]
    public void Close_WhenAnObjectOfItsOwnTypeWasTheLastThatCrossed_Unloads()
    {
        Interpreter interpreter = Returning();

        interpreter.Close();

        AssertUnloads(interpreter);
    }

    [Fact(Timeout = 120_000)]
    public void AnInterpreterThatNobodyHolds_IsUnloadedWithoutClose()
    {
        WeakReference forgotten = Forgotten(out long id);

        for (int i = 0; i < 50 && forgotten.IsAlive; i++)
        {
            Collect();
        }

        Assert.False(forgotten.IsAlive);
        Assert.DoesNotContain(Interpreter.ListAll(), interpreter => interpreter.Id == id);
    }

    [Fact(Timeout = 120_000)]
    public void Close_WhileAThreadStartedInsideGoesOn_UnloadsWhenItEnds()
    {
        var mayEnd = new Telar.Threading.Event();
        Interpreter interpreter = WithThread(mayEnd);

        interpreter.Close();
        for (int i = 0; i < 5; i++)
        {
            Collect();
        }

        Assert.False(interpreter.IsUnloaded);
        mayEnd.Set();
        AssertUnloads(interpreter);
    }

    [Fact(Timeout = 120_000)]
    public void Close_WithItemsOfItsOwnTypesInAQueue_UnloadsAndKeepsTheItems()
    {
        InterpreterQueue<Item> queue = Interpreter.CreateQueue<Item>();
        Interpreter interpreter = Putting(queue);

        interpreter.Close();

        AssertUnloads(interpreter);
        Assert.Equal(new Item(3), queue.GetNoWait());
    }

    [Fact(Timeout = 120_000)]
    public void Dispose_OfAPool_UnloadsItsInterpreters()
    {
        Interpreter interpreter = Pooled();

        Assert.True(interpreter.IsClosed);
        AssertUnloads(interpreter);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter Pooled()
    {
        using var pool = new InterpreterPoolExecutor(1);
        var item = new Item(6);
        Assert.Equal(item, pool.Submit(() => item).Result(Timeout.InfiniteTimeSpan, Token));
        return Interpreter.Find(pool.Submit(static () => Interpreter.Current.Id).Result(Timeout.InfiniteTimeSpan, Token));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter Used()
    {
        Interpreter interpreter = Interpreter.Create();
        var item = new Item(1);
        s_inside.Clear();
        interpreter.PrepareMain("item", item);
        interpreter.Call(static () => s_inside.Add(new Item(2)));
        Assert.Equal(1, interpreter.Call(static () => s_inside.Count));
        Assert.Equal(new Item(2), interpreter.Call(static item => new Item(item.Number + 1), item));
        Assert.Equal([new Item(1)], interpreter.Call(() => new List<Item> { item }));
        Assert.Equal(3, interpreter.CallAsync(static async () => await Task.Run(static () => 3), Token).GetAwaiter().GetResult());
        Assert.True(interpreter.CallInThread(static () => s_inside.Clear()).Join(cancellationToken: Token));
        Assert.Empty(s_inside);
        return interpreter;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter Hot()
    {
        Interpreter interpreter = Interpreter.Create();
        for (int i = 0; i < 200; i++)
        {
            var item = new Item(i);
            Assert.Equal(i, interpreter.Call(() => item.Number));
            Assert.Equal(item, interpreter.Call(static item => item, item));
        }

        return interpreter;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter Failed()
    {
        Interpreter interpreter = Interpreter.Create();
        ExecutionFailedException failed = Assert.Throws<ExecutionFailedException>(() => interpreter.Call(static () => throw new OwnException(new Item(4))));
        Assert.Equal(new Item(4), Assert.IsType<OwnException>(failed.InnerException).Item);
        return interpreter;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter WithAsyncLocal()
    {
        Interpreter interpreter = Interpreter.Create();
        interpreter.Call(static () => s_flowing.Value = new Item(5));
        Assert.Null(interpreter.Call(static () => s_flowing.Value));
        return interpreter;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter Returning()
    {
        Interpreter interpreter = Interpreter.Create();
        Assert.Equal(new Item(7), interpreter.Call<object>(static () => new Item(7)));
        return interpreter;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten(out long id)
    {
        Interpreter interpreter = Used();
        id = interpreter.Id;
        return new WeakReference(interpreter);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter WithThread(Telar.Threading.Event mayEnd)
    {
        Interpreter interpreter = Interpreter.Create();
        interpreter.Call(() => new Telar.Threading.Thread(() => mayEnd.Wait(), daemon: true).Start());
        return interpreter;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interpreter Putting(InterpreterQueue<Item> queue)
    {
        Interpreter interpreter = Interpreter.Create();
        interpreter.Call(() => queue.Put(new Item(3)));
        return interpreter;
    }

    private static void AssertUnloads(Interpreter interpreter)
    {
        for (int i = 0; i < 100 && !interpreter.IsUnloaded; i++)
        {
            Collect();
        }

        Assert.True(interpreter.IsUnloaded, $"Something still refers to the code or an object of {interpreter}.");
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private sealed record Item(int Number);

    private sealed class OwnException(Item item) : Exception("own")
    {
        public Item Item { get; } = item;
    }
}
