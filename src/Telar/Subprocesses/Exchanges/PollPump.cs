using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>
/// Moves an exchange on the calling thread, on Linux: one loop that waits for the pipes, for the child's end, and for the
/// token. No other thread is needed.
/// </summary>
internal sealed class PollPump : IDisposable
{
    private const int LongestPoll = 1_000_000_000;
    private const int RetryMilliseconds = 1;
    private const int MostDescriptors = 5;

    private readonly Exchange _exchange;
    private readonly PollSet _set = new(MostDescriptors);
    private EventDescriptor? _wake;
    private CancellationTokenRegistration _registration;

    private PollPump(Exchange exchange) => _exchange = exchange;

    /// <summary>Moves an exchange until it is complete, or something prevents that.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it returned.</returns>
    internal static ExchangeOutcome Run(Exchange exchange, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        using var pump = new PollPump(exchange);
        return pump.Run(deadline, cancellationToken);
    }

    public void Dispose()
    {
        // First, so that no callback finds the event closed.
        _registration.Dispose();
        if (_exchange.Stdin?.Pending is not { IsCompleted: false })
        {
            // Otherwise what is under way will still set the event; nobody refers to it after that.
            _wake?.Dispose();
        }
    }

    private ExchangeOutcome Run(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        bool hadFailed = _exchange.HasFailed;
        bool hasLooked = false;
        bool hasLookedAfterExit = false;
        Prepare(cancellationToken);
        while (true)
        {
            // Before the questions: a source that has thrown is one of them, and no event would announce it.
            FeedFromSource();
            bool isGraceOver = hasLookedAfterExit && _exchange.GraceEnd.IsOver;
            if (_exchange.HasExited && (isGraceOver || _exchange.LanesEnded))
            {
                ReadWhatIsThere(_exchange.Stdout);
                ReadWhatIsThere(_exchange.Stderr);
                _exchange.GiveUpLanes();
                return _exchange.HasFailed && !hadFailed ? ExchangeOutcome.Failed : ExchangeOutcome.Complete;
            }

            if (_exchange.HasFailed && !hadFailed)
            {
                return ExchangeOutcome.Failed;
            }

            if (hasLooked && cancellationToken.IsCancellationRequested)
            {
                return ExchangeOutcome.Canceled;
            }

            if (hasLooked && _exchange.CountsTime && deadline.IsOver)
            {
                return ExchangeOutcome.TimedOut;
            }

            hasLookedAfterExit = _exchange.HasExited;
            hasLooked = true;
            Turn(_exchange.CountsTime ? deadline : _exchange.GraceEnd);
        }
    }

    private void Prepare(CancellationToken cancellationToken)
    {
        // An asynchronous pump may have left them. There is no more to do in this thread before the user's stream has them.
        FinishWriting(_exchange.Stdout);
        FinishWriting(_exchange.Stderr);
        if (_exchange.Stdin is { IsEnded: false } stdin)
        {
            DescriptorIO.SetNonBlocking(stdin.Pipe.Handle);
            if (stdin.Rest.Length > PipeIO.OrdinaryPipe)
            {
                stdin.Pipe.Enlarge();
            }

            WakeAfter(stdin.Pending);
        }

        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static state => ((EventDescriptor)state!).Set(), Wake()); // ! given here
        }

        if (!_exchange.HasExited && _exchange.Child.Handle.IsInvalid)
        {
            SeeExit();
        }
    }

    private void FinishWriting(OutputLane? lane)
    {
        if (lane?.Writing is not { } writing)
        {
            return;
        }

        lane.Writing = null;
        try
        {
            if (!writing.GetAwaiter().GetResult())
            {
                _exchange.Overflow(lane);
            }
        }
        catch (Exception e)
        {
            _exchange.Fail(e, lane);
        }
    }

    private EventDescriptor Wake() => _wake ??= new EventDescriptor();

    // One wait, and all that became possible by it.
    private void Turn(WaitDeadline until)
    {
        _set.Clear();
        int child = _exchange.HasExited ? -1 : _set.Add(_exchange.Child.Handle, Interop.Libc.POLLIN);
        int stdin = _exchange.Stdin is { IsEnded: false } input
            ? _set.Add(input.Pipe.Handle, input.Rest.IsEmpty || input.Pending is not null ? (short)0 : Interop.Libc.POLLOUT)
            : -1;
        int stdout = Place(_exchange.Stdout);
        int stderr = Place(_exchange.Stderr);
        int wake = _wake is null ? -1 : _set.Add(_wake.Handle, Interop.Libc.POLLIN);
        if (!_set.Wait(Milliseconds(until)))
        {
            return;
        }

        if (_set[wake] != 0)
        {
            _ = _wake!.Reset(); // ! it has a place
        }

        if (_set[stdout] != 0)
        {
            _ = Read(_exchange.Stdout!); // ! it has a place
        }

        if (_set[stderr] != 0)
        {
            _ = Read(_exchange.Stderr!); // ! it has a place
        }

        if (_set[stdin] != 0)
        {
            Write(_exchange.Stdin!, _set[stdin]); // ! it has a place
        }

        if (_set[child] != 0)
        {
            SeeExit();
        }
    }

    private int Place(OutputLane? lane) => lane is { IsEnded: false } ? _set.Add(lane.Pipe.Handle, Interop.Libc.POLLIN) : -1;

    private static int Milliseconds(WaitDeadline until) => until.IsNever
        ? Timeout.Infinite
        : (int)Math.Min(Math.Ceiling(until.Remaining.TotalMilliseconds), LongestPoll);

    private void SeeExit()
    {
        if (_exchange.Child.HasExited)
        {
            _exchange.NoteExit();
        }
        else
        {
            // Ended, and yet not to be had: a debugger has it first, or somebody else is about to reap it.
            PidfdWait.Pause(RetryMilliseconds);
        }
    }

    // Returns the number of bytes; 0 or less when there are none.
    private int Read(OutputLane lane)
    {
        int count = PipeIO.TryRead(lane.Pipe.Handle, lane.GetMemory().Span, lane.Pipe.Name);
        if (count < 0)
        {
            return count;
        }

        try
        {
            if (!lane.Take(count))
            {
                _exchange.Overflow(lane);
            }
        }
        catch (Exception e)
        {
            _exchange.Fail(e, lane);
        }

        lane.EnlargePipe();
        return count;
    }

    // What the child has left in a pipe that something else still holds, and no more: that something may write for ever.
    private void ReadWhatIsThere(OutputLane? lane)
    {
        int left = lane is { IsEnded: false } ? lane.Pipe.Available : 0;
        while (left > 0)
        {
            int count = Read(lane!); // ! something is left in it
            left = count > 0 ? left - count : 0;
        }
    }

    private static void Write(InputLane stdin, short events)
    {
        if ((events & Interop.Libc.POLLERR) != 0)
        {
            stdin.End();
        }
        else if ((events & Interop.Libc.POLLOUT) != 0)
        {
            try
            {
                stdin.Advance(Math.Max(PipeIO.TryWrite(stdin.Pipe.Handle, stdin.Rest.Span, stdin.Pipe.Name), 0));
            }
            catch (IOException e) when (PipeIO.IsBroken(e))
            {
                stdin.End();
            }
        }
    }

    private void WakeAfter(Task? pending)
    {
        if (pending is { IsCompleted: false })
        {
            _ = pending.ContinueWith(
                static (_, state) => ((EventDescriptor)state!).Set(), // ! given here
                Wake(),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    // The user's source is never waited for in a way that would keep this thread from the child's output and end.
    private void FeedFromSource()
    {
        if (_exchange.Stdin is not { } stdin)
        {
            return;
        }

        try
        {
            while (!stdin.IsEnded && (stdin.Pending ?? Task.CompletedTask).IsCompleted)
            {
                Task? pending = stdin.Pending;
                stdin.Pending = null;
                pending?.GetAwaiter().GetResult();
                if (!stdin.Rest.IsEmpty)
                {
                    return;
                }

                if (!stdin.HasSource)
                {
                    stdin.Finish();
                    return;
                }

                stdin.Pending = stdin.LoadAsync();
                WakeAfter(stdin.Pending);
            }
        }
        catch (Exception e)
        {
            _exchange.Fail(e, lane: null);
        }
    }
}
