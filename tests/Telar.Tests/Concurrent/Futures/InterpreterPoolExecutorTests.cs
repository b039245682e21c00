#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Interpreters;
using Telar.ContextVars;

public sealed class InterpreterPoolExecutorTests
{
    private static int s_state = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Submit_RunsInAnInterpreterOfTheThread_WithStaticsOfItsOwn()
    {
        using var pool = new InterpreterPoolExecutor(1);
        s_state = 1;

        Assert.Equal(11, pool.Submit(() => ++s_state).Result());
        Assert.Equal(12, pool.Submit(() => ++s_state).Result());
        Assert.Equal(1, s_state);
        Assert.NotEqual(Interpreter.Main.Id, pool.Submit(() => Interpreter.Current.Id).Result());
    }

    [Fact(Timeout = 120_000)]
    public void Submit_EachThreadHasItsOwnInterpreter()
    {
        using var pool = new InterpreterPoolExecutor(2);
        var first = new Telar.Threading.Event();
        var second = new Telar.Threading.Event();

        Future<long> one = pool.Submit(() => Meet(first, second));
        Future<long> other = pool.Submit(() => Meet(second, first));

        Assert.NotEqual(one.Result(), other.Result());

        static long Meet(Telar.Threading.Event mine, Telar.Threading.Event others)
        {
            mine.Set();
            others.Wait();
            return Interpreter.Current.Id;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_AsyncFunctionsAndArguments_ComeBack()
    {
        await using var pool = new InterpreterPoolExecutor(1);

        int sum = await pool.Submit(
            static async numbers =>
            {
                await Task.Yield();
                return numbers.Sum();
            },
            new List<int> { 1, 2, 3 });

        Assert.Equal(6, sum);
    }

    [Fact(Timeout = 120_000)]
    public void Map_KeepsTheOrder()
    {
        using var pool = new InterpreterPoolExecutor(2);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * i), pool.Map(static i => i * i, Enumerable.Range(0, 50)));
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WhenTheCallThrows_TheFutureHasTheCallersOwnExceptionType()
    {
        using var pool = new InterpreterPoolExecutor(1);

        OwnException thrown = Assert.Throws<OwnException>(() => { pool.Submit(static () => Fail(7)).Result(); });

        Assert.Equal(7, thrown.Number);
        Assert.Contains(nameof(Fail), thrown.StackTrace, StringComparison.Ordinal);
        Assert.Equal(1, pool.Submit(() => 1).Result());
    }

    [Fact(Timeout = 120_000)]
    public void Submit_OfSomethingThatCannotCross_IsRefusedAtOnce()
    {
        using var pool = new InterpreterPoolExecutor(1);
        using var stream = new MemoryStream();

        NotShareableException refused = Assert.Throws<NotShareableException>(() => { pool.Submit(() => stream.Length); });

        Assert.Equal("function.stream", refused.Path);
        Assert.Contains("other interpreters", Assert.Throws<NotSupportedException>(pool.AsTaskScheduler).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WhenTheResultCannotCross_TheFutureFails()
    {
        using var pool = new InterpreterPoolExecutor(1);

        Future<Stream> future = pool.Submit<Stream>(static () => new MemoryStream());

        Assert.Throws<NotShareableException>(() => { future.Result(); });
    }

    [Fact(Timeout = 120_000)]
    public void Initializer_RunsOnceInEachInterpreter()
    {
        s_state = 1;
        using var pool = new InterpreterPoolExecutor(new InterpreterPoolOptions { MaxWorkers = 1, Initializer = static () => s_state = 500 });

        Assert.Equal((500, 501), (pool.Submit(() => s_state++).Result(), pool.Submit(() => s_state).Result()));
        Assert.Equal(1, s_state);
    }

    [Fact(Timeout = 120_000)]
    public void Initializer_ThatThrows_BreaksThePool()
    {
        using var pool = new InterpreterPoolExecutor(new InterpreterPoolOptions { MaxWorkers = 1, Initializer = static () => Fail(3) });

        BrokenInterpreterPoolException broken = Assert.Throws<BrokenInterpreterPoolException>(() => { pool.Submit(() => 1).Result(); });

        Assert.Equal(3, Assert.IsType<OwnException>(broken.InnerException).Number);
        Assert.StartsWith($"Interpreter pool '{pool.Name}' is broken", broken.Message, StringComparison.Ordinal);
        Assert.True(pool.IsBroken);
        Assert.Throws<BrokenInterpreterPoolException>(() => { pool.Submit(() => 1); });
    }

    [Fact(Timeout = 120_000)]
    public void Dispose_ClosesTheInterpreters()
    {
        long id;
        using (var pool = new InterpreterPoolExecutor(1))
        {
            id = pool.Submit(() => Interpreter.Current.Id).Result();
            Assert.Equal($"InterpreterPoolExecutor '{pool.Name}'", Interpreter.Find(id).Whence);
        }

        Assert.Throws<InterpreterNotFoundException>(() => Interpreter.Find(id));
        Assert.DoesNotContain(Interpreter.ListAll(), interpreter => interpreter.Id == id);
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WithATimeout_EndsWithTheCause()
    {
        using var pool = new InterpreterPoolExecutor(1);

        Future<int> slow = pool.Submit(
            static token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            new CallOptions { Timeout = TimeSpan.FromMilliseconds(20), Grace = Timeout.InfiniteTimeSpan });

        Assert.Equal(CallStop.Cooperative, Assert.Throws<CallTimeoutException>(() => { slow.Result(); }).Stop);
    }

    [Fact(Timeout = 120_000)]
    public void CancelRunning_AsksByTheToken()
    {
        using var pool = new InterpreterPoolExecutor(1);
        var entered = new Telar.Threading.Event();
        Future<int> running = pool.Submit(token =>
        {
            entered.Set();
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
            return 1;
        });
        entered.Wait();

        Assert.True(running.CancelRunning());

        Assert.Throws<FutureCancelledException>(() => { running.Result(); });
    }

    [Fact(Timeout = 120_000)]
    public void Submit_HigherPriorityGoesFirst()
    {
        using var pool = new InterpreterPoolExecutor(1);
        InterpreterQueue<string> order = Interpreter.CreateQueue<string>();
        var mayGo = new Telar.Threading.Event();
        pool.Submit(() => mayGo.Wait());

        Future low = pool.Submit(() => order.Put("low"));
        Future high = pool.Submit(() => order.Put("high"), new CallOptions { Priority = 1 });
        mayGo.Set();
        low.Result();
        high.Result();

        Assert.Equal(("high", "low"), (order.GetNoWait(), order.GetNoWait()));
    }

    [Fact(Timeout = 120_000)]
    public void Submit_SeesAsyncLocalsOfThePlatformAsAtTheSubmission()
    {
        using var pool = new InterpreterPoolExecutor(new InterpreterPoolOptions { MaxWorkers = 1, SharedAssemblies = ["Telar.Tests"] });
        s_flowing.Set("before");

        Future<string> call = pool.Submit(static () => s_flowing.Get());
        s_flowing.Set("after");

        Assert.Equal("before", call.Result());
    }

    private static readonly ContextVar<string> s_flowing = new("flowing");

    private static int Fail(int number) => throw new OwnException(number);

    private sealed class OwnException(int number) : Exception("own")
    {
        public int Number { get; } = number;
    }
}
