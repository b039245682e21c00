using Xunit;

#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

/// <summary>The forms of <see cref="TaskGroup"/> that know their body.</summary>
public sealed class TaskGroupRunTests : IAsyncDisposable
{
    private readonly ThreadPoolExecutor _pool = new(4);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_GivesWhatTheBodyReturned_WhenAllCallsHaveEnded(bool async)
    {
        Future<int>? call = null;

        int result = await RunAsync(async, group =>
        {
            call = group.Submit(() => 20);
            return call.Result() + 1;
        });

        Assert.Equal(21, result);
        Assert.True(call!.IsDone);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnExceptionOfTheBody_CancelsTheCallsAndIsThrown(bool async)
    {
        Future? endless = null;
        FormatException thrown = new();

        Exception? caught = await Record.ExceptionAsync(() => RunAsync<int>(async, group =>
        {
            endless = group.Submit(token => WaitUntilCancelled(token));
            throw thrown;
        }));

        Assert.Same(thrown, caught);
        Assert.True(endless!.IsCancelled);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnExceptionThatTheBodyGotFromACall_IsOneFailure(bool async)
    {
        FormatException thrown = new();

        Exception? caught = await Record.ExceptionAsync(() => RunAsync(async, group => group.Submit(() => Throw(thrown)).Result()));

        Assert.Same(thrown, caught);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnExceptionOfTheBodyAndOneOfACall_AreBothThrown(bool async)
    {
        FormatException ofCall = new();
        InvalidDataException ofBody = new();

        AggregateException caught = await Assert.ThrowsAsync<AggregateException>(() => RunAsync<int>(async, group =>
        {
            _ = group.Submit(() => Throw(ofCall)).Exception();
            throw ofBody;
        }));

        Assert.Equal([ofCall, ofBody], caught.InnerExceptions);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ABodyThatWaitsForASiblingOfTheFailedCall_LeavesTheFailureAlone(bool async)
    {
        FormatException thrown = new();

        Exception? caught = await Record.ExceptionAsync(() => RunAsync<int>(async, group =>
        {
            Future sibling = group.Submit(token => WaitUntilCancelled(token));
            _ = group.Submit(() => Throw(thrown));
            sibling.Result();
            return 1;
        }));

        Assert.Same(thrown, caught);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ABodyThatWasCancelledByItsOwnGroup_HasNoResult(bool async)
    {
        await Assert.ThrowsAsync<FutureCancelledException>(() => RunAsync(async, group =>
        {
            group.Cancel();
            return group.Submit(() => 1).Result();
        }));
    }

    [Fact(Timeout = 120_000)]
    public async Task Run_OfABodyWithoutAResult_WaitsForTheCalls()
    {
        int ended = 0;

        TaskGroup.Run(_pool, group => { _ = group.Submit(() => Interlocked.Increment(ref ended)); });
        await TaskGroup.RunAsync(_pool, async group => await group.Submit(() => Interlocked.Increment(ref ended)));

        Assert.Equal(2, ended);
    }

    [Fact(Timeout = 120_000)]
    public void Run_OfABodyThatReturnsATask_SaysWhatToUse()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => { _ = TaskGroup.Run(_pool, group => Task.FromResult(1)); });

        Assert.Contains("RunAsync", refused.Message, StringComparison.Ordinal);
    }

    private async Task<T> RunAsync<T>(bool async, Func<TaskGroup, T> body) => async
        ? await TaskGroup.RunAsync(_pool, group => Task.Run(() => body(group)))
        : TaskGroup.Run(_pool, body);

    private static int Throw(Exception exception) => throw exception;

    private static void WaitUntilCancelled(CancellationToken token)
    {
        token.WaitHandle.WaitOne();
        token.ThrowIfCancellationRequested();
    }
}
