using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Crashes;

/// <content>What the calls carry, what is called back in this process, and what the pool's owner does.</content>
internal sealed partial class CrashScene
{
    private Task<int> Pickling(string way, CallOptions options)
    {
        Thread unsendable = new(static () => { });
        switch (way)
        {
            case "unserializable-capture":
                return Pool.Submit(() => unsendable.ManagedThreadId, options).AsTask();
            case "unserializable-closure":
                Func<int> inner = () => unsendable.ManagedThreadId;
                return Pool.Submit(() => inner() + 1, options).AsTask();
            case "undeserializable-argument":
                return Pool.Submit(CountOf(new CrashingComparer("throw").Poison()), options).AsTask();
            case "unserializable-result":
                return Counted(Pool.Submit<object>(static () => new Thread(static () => { }), options));
            case "undeserializable-result":
                return Counted(Pool.Submit(static () => new CrashingComparer("throw", InWorker: false).Poison(), options));
            case "exception-with-what-cannot-be-sent":
                return Pool.Submit(static () => ThrowCarrier(), options).AsTask();
            case "huge-argument":
                byte[] huge = new byte[96 << 20];
                return Pool.Submit(() => huge.Length, options).AsTask();
            default:
                return Counted(Pool.Submit(static () => new byte[96 << 20], options));
        }

        static async Task<int> Counted<T>(Future<T> call) => (await call)?.GetHashCode() ?? 0;
    }

    private async Task<int> CallbackAsync(string way)
    {
        switch (way)
        {
            case "output-consumer-throws":
                await using (ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, WorkerOutput = static _ => throw new InvalidOperationException() }))
                {
                    await pool.Submit(static () => Console.WriteLine("a line"));
                    return await pool.Submit(static () => 1);
                }

            case "progress-listener-throws":
                return await Pool.Submit(
                    static () =>
                    {
                        TaskContext.Current?.Report(0.5);
                        return 1;
                    },
                    new CallOptions { Progress = new ThrowingListener() });
        }

        Future.CallbackFailed += Ignore;
        Future<int> call = Pool.Submit(static () => 1);
        TaskCompletionSource<int> called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        call.AddDoneCallback(ended =>
        {
            switch (way)
            {
                case "callback-throws":
                    called.SetResult(1);
                    throw new InvalidOperationException("the callback");
                case "callback-submits":
                    _ = Forward(Pool.Submit(static () => 1), called);
                    break;
                case "callback-cancels-others":
                    Assert.True(Pool.Submit(static () => Crash.Hang()).CancelRunning());
                    called.SetResult(1);
                    break;
                default:
                    called.SetResult(Task.Run(() => ended.IsDone ? 1 : 0).GetAwaiter().GetResult());
                    break;
            }
        });
        int value = await call + await called.Task - 1;
        await Pool.Submit(static () => 1); // By then the callback has returned.
        Future.CallbackFailed -= Ignore;
        return value;

        static void Ignore(object? sender, FutureCallbackFailedEventArgs failure)
        {
            // What is written when nobody listens is not for the console of a test.
        }

        static async Task Forward(Future<int> from, TaskCompletionSource<int> to) => to.SetResult(await from);
    }

    private static async Task<int> OwnerAsync(string way)
    {
        bool obeys = way.EndsWith("obeys", StringComparison.Ordinal);
        TimeSpan grace = obeys ? TimeSpan.FromMinutes(1) : s_moment; // busy machines obey slowly
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, CancelGrace = grace, WorkerOutput = static _ => { } });
        using CancellationTokenSource stop = new();
        bool isPending = way.EndsWith("pending", StringComparison.Ordinal);
        bool isShort = way == "shutdown-while-running";
        CallOptions options = new() { Timeout = way.StartsWith("timeout", StringComparison.Ordinal) ? s_moment : null };
        Future<int>? before = isPending ? pool.Submit(static () => Busy(300)) : null;
        if (way == "timeout-of-a-stopped-worker")
        {
            _ = Interop.Libc.kill(await pool.Submit(static () => Environment.ProcessId), Crash.SignalOf("stopped"));
        }

        Future<int> call = obeys ? pool.Submit(static token => Obey(token), options)
            : isShort || isPending ? pool.Submit(static () => Busy(100), options, stop.Token)
            : pool.Submit(static () => Crash.Hang(), options, stop.Token);
        await Eventually.Holds(() => (before ?? call).State != FutureState.Pending, () => "It does not run.");
        await DisturbAsync(pool, way, call, stop);
        int value = await call;
        return value;
    }

    private static async Task DisturbAsync(ProcessPoolExecutor pool, string way, Future<int> call, CancellationTokenSource stop)
    {
        switch (way)
        {
            case "cancel-pending":
                Assert.True(call.Cancel());
                break;
            case "cancel-running-that-obeys" or "cancel-running-that-hangs":
                Assert.True(call.CancelRunning());
                break;
            case "cancel-by-token":
                await stop.CancelAsync();
                break;
            case "shutdown-while-running":
                await pool.ShutdownAsync();
                break;
            case "shutdown-that-cancels-while-pending":
                await pool.ShutdownAsync(cancelFutures: true);
                break;
            case "kill-workers-while-running" or "kill-workers-while-pending":
                await pool.KillWorkersAsync();
                break;
            case "terminate-workers-while-running":
                await pool.TerminateWorkersAsync();
                break;
        }
    }

    private static int Busy(int milliseconds)
    {
        new ManualResetEventSlim().Wait(milliseconds);
        return 1;
    }

    private static int Obey(CancellationToken token)
    {
        token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
        token.ThrowIfCancellationRequested();
        return 0;
    }

    private static int ThrowCarrier() => throw new ThreadCarrier(new Thread(static () => { }));

    private sealed class ThrowingListener : IProgress<TaskProgress>
    {
        public void Report(TaskProgress value) => throw new InvalidOperationException("the listener");
    }

    private sealed class ThreadCarrier(Thread thread) : Exception("It carries what cannot be sent.")
    {
        public Thread Thread { get; } = thread;
    }
}
