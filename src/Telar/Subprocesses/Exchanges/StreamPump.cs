using System.Buffers;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>Moves an exchange with asynchronous streams: no thread waits. Also the synchronous way where there is no poll.</summary>
/// <remarks>
/// Feeding and both outputs are a task each. When the pump returns, they have ended: what is still under way with a stream of
/// the user stays in its lane, and the next pump goes on with it.
/// </remarks>
internal sealed class StreamPump
{
    private const int FirstBufferSize = 16 * 1024;
    private const int ManyBytes = 256 * 1024;

    private static readonly TimeSpan s_longestTaskWait = TimeSpan.FromDays(20);

    private readonly Exchange _exchange;
    private readonly bool _hadFailed;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Two steps of the end: no read that would wait, and then nothing that would wait.
    private readonly CancellationTokenSource _stopReading = new();
    private readonly CancellationTokenSource _leave = new();

    private StreamPump(Exchange exchange)
    {
        _exchange = exchange;
        _hadFailed = exchange.HasFailed;
    }

    /// <summary>Moves an exchange until it is complete, or something prevents that.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it returned.</returns>
    internal static async Task<ExchangeOutcome> RunAsync(
        Exchange exchange, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        var pump = new StreamPump(exchange);
        Task feed = pump.FeedAsync();
        Task outputs = Task.WhenAll(pump.DrainAsync(exchange.Stdout), pump.DrainAsync(exchange.Stderr));
        ExchangeOutcome outcome;
        try
        {
            outcome = await pump.WaitAsync(feed, outputs, deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            pump._leave.Cancel();
            pump._stopReading.Cancel();
            await Task.WhenAll(feed, outputs).ConfigureAwait(false);
            pump._leave.Dispose();
            pump._stopReading.Dispose();
        }

        if (outcome == ExchangeOutcome.Complete)
        {
            exchange.GiveUpLanes();
        }

        return pump.HasNewFailure ? ExchangeOutcome.Failed : outcome;
    }

    private bool HasNewFailure => _exchange.HasFailed && !_hadFailed;

    private async Task<ExchangeOutcome> WaitAsync(
        Task feed, Task outputs, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        ExchangeOutcome outcome;
        if (!_exchange.HasExited)
        {
            outcome = await UntilAsync(_exchange.Child.Exited, deadline, cancellationToken).ConfigureAwait(false);
            if (outcome != ExchangeOutcome.Complete)
            {
                return outcome;
            }

            _exchange.NoteExit();
        }

        WaitDeadline limit = _exchange.CountsTime ? deadline : _exchange.GraceEnd;
        outcome = await UntilAsync(outputs, limit, cancellationToken).ConfigureAwait(false);
        if (outcome == ExchangeOutcome.TimedOut && !_exchange.CountsTime)
        {
            // Something holds a pipe. What is in it is read all the same, and a slow stream of the user gets it.
            _stopReading.Cancel();
            outcome = await UntilAsync(outputs, WaitDeadline.Never, cancellationToken).ConfigureAwait(false);
        }

        if (outcome != ExchangeOutcome.Complete || _exchange.Stdin is not { IsEnded: false, IsLoading: false })
        {
            // A source that is slow has nobody left to feed.
            return outcome;
        }

        outcome = await UntilAsync(feed, limit, cancellationToken).ConfigureAwait(false);
        return outcome == ExchangeOutcome.TimedOut && !_exchange.CountsTime ? ExchangeOutcome.Complete : outcome;
    }

    private async Task<ExchangeOutcome> UntilAsync(Task task, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        Task first = _hadFailed ? task : Task.WhenAny(task, _failed.Task);
        while (true)
        {
            TimeSpan turn = deadline.IsNever ? Timeout.InfiniteTimeSpan
                : deadline.Remaining < s_longestTaskWait ? deadline.Remaining
                : s_longestTaskWait;
            try
            {
                await first.WaitAsync(turn, cancellationToken).ConfigureAwait(false);
                return HasNewFailure ? ExchangeOutcome.Failed : ExchangeOutcome.Complete;
            }
            catch (TimeoutException)
            {
                if (deadline.IsOver)
                {
                    return ExchangeOutcome.TimedOut;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExchangeOutcome.Canceled;
            }
        }
    }

    private async Task FeedAsync()
    {
        if (_exchange.Stdin is not { IsEnded: false } stdin)
        {
            return;
        }

        try
        {
            if (OperatingSystem.IsLinux() && stdin.Rest.Length > FirstBufferSize)
            {
                PipeIO.Enlarge(stdin.Pipe.Handle, PipeIO.LargePipe);
            }

            while (!stdin.IsEnded)
            {
                if (stdin.Pending is null && stdin.Rest.IsEmpty && !stdin.HasSource)
                {
                    stdin.Finish();
                    return;
                }

                stdin.Pending ??= stdin.Rest.IsEmpty ? stdin.LoadAsync() : stdin.WriteRestAsync();
                await stdin.Pending.WaitAsync(_leave.Token).ConfigureAwait(false);
                stdin.Pending = null;
            }
        }
        catch (OperationCanceledException) when (_leave.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Fail(e, lane: null);
        }
    }

    private async Task DrainAsync(OutputLane? lane)
    {
        if (lane is null or { IsEnded: true })
        {
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBufferSize);
        try
        {
            await DrainAsync(lane, buffer).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopReading.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            lane.Writing = null;
            Fail(e, lane);
        }
    }

    private async Task DrainAsync(OutputLane lane, byte[] buffer)
    {
        int left = int.MaxValue;
        while (true)
        {
            if (lane.Writing is { } writing)
            {
                Note(lane, await writing.WaitAsync(_leave.Token).ConfigureAwait(false));
                lane.Writing = null;
            }

            if (lane.IsEnded)
            {
                break;
            }

            if (_stopReading.IsCancellationRequested)
            {
                left = _leave.IsCancellationRequested ? 0 : Math.Min(left, lane.Pipe.Available);
                if (left <= 0)
                {
                    break;
                }
            }

            if (lane.Total >= ManyBytes && buffer.Length < PipeIO.LargePipe)
            {
                buffer = Enlarge(lane, buffer);
            }

            int count = await lane.Pipe.Stream.ReadAsync(
                buffer, left < int.MaxValue ? CancellationToken.None : _stopReading.Token).ConfigureAwait(false);
            left = left < int.MaxValue ? left - count : left;
            ValueTask<bool> take = lane.TakeAsync(buffer.AsMemory(0, count));
            if (take.IsCompletedSuccessfully)
            {
                Note(lane, take.Result);
            }
            else
            {
                lane.Writing = take.AsTask();
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static byte[] Enlarge(OutputLane lane, byte[] buffer)
    {
        if (OperatingSystem.IsLinux())
        {
            PipeIO.Enlarge(lane.Pipe.Handle, PipeIO.LargePipe);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return ArrayPool<byte>.Shared.Rent(PipeIO.LargePipe);
    }

    private void Note(OutputLane lane, bool wantsMore)
    {
        if (!wantsMore)
        {
            _exchange.Overflow(lane);
            _ = _failed.TrySetResult();
        }
    }

    private void Fail(Exception exception, OutputLane? lane)
    {
        _exchange.Fail(exception, lane);
        _ = _failed.TrySetResult();
    }
}
