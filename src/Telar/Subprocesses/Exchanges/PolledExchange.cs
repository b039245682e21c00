using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>What a <see cref="PollPump"/> waits for and does in one of its exchanges.</summary>
internal sealed class PolledExchange
{
    /// <summary>The most that one exchange adds to a wait: the child's end and three pipes.</summary>
    internal const int MostDescriptors = 4;

    private const int RetryMilliseconds = 1;

    private readonly Exchange _exchange;
    private readonly PollPump _pump;
    private readonly bool _hadFailed;
    private bool _hasLookedAfterExit;

    // Places in the set of the last wait; -1 for none.
    private int _child = -1;
    private int _stdin = -1;
    private int _stdout = -1;
    private int _stderr = -1;

    /// <summary>An exchange, as it is when the pump begins.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="pump">Who waits.</param>
    internal PolledExchange(Exchange exchange, PollPump pump)
    {
        _exchange = exchange;
        _pump = pump;
        _hadFailed = exchange.HasFailed;
    }

    /// <summary>Whether a sink has become full, or code of the user has thrown, since the pump began.</summary>
    internal bool HasNewFailure => _exchange.HasFailed && !_hadFailed;

    /// <summary>Whether the caller's time limit counts for it.</summary>
    internal bool CountsTime => !_exchange.IsComplete && _exchange.CountsTime;

    /// <summary>Until when the pipes are read where the caller's time limit does not count.</summary>
    internal WaitDeadline GraceEnd => _exchange.GraceEnd;

    /// <summary>Makes ready what the pipes need for it.</summary>
    internal void Prepare()
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

            _pump.WakeAfter(stdin.Pending);
        }

        if (!_exchange.HasExited && _exchange.Child.Handle.IsInvalid)
        {
            SeeExit();
        }
    }

    /// <summary>Completes the exchange if there is nothing more to wait for.</summary>
    /// <returns>Whether it is complete.</returns>
    internal bool TryComplete()
    {
        if (_exchange.IsComplete)
        {
            return true;
        }

        // Before the question: a source that has thrown is one of the answers, and no event would announce it.
        FeedFromSource();
        bool isGraceOver = _hasLookedAfterExit && _exchange.GraceEnd.IsOver;
        if (!_exchange.HasExited || !(isGraceOver || _exchange.LanesEnded))
        {
            return false;
        }

        ReadWhatIsThere(_exchange.Stdout);
        ReadWhatIsThere(_exchange.Stderr);
        _exchange.Complete();
        return true;
    }

    /// <summary>Adds what the exchange waits for.</summary>
    /// <param name="set">The next wait.</param>
    /// <returns>Whether it waits for anything, be it time.</returns>
    internal bool AddTo(PollSet set)
    {
        if (_exchange.IsComplete)
        {
            (_child, _stdin, _stdout, _stderr) = (-1, -1, -1, -1);
            return false;
        }

        _hasLookedAfterExit = _exchange.HasExited;
        _child = _exchange.HasExited ? -1 : set.Add(_exchange.Child.Handle, Interop.Libc.POLLIN);
        _stdin = _exchange.Stdin is { IsEnded: false } input
            ? set.Add(input.Pipe.Handle, input.Rest.IsEmpty || input.Pending is not null ? (short)0 : Interop.Libc.POLLOUT)
            : -1;
        _stdout = Place(set, _exchange.Stdout);
        _stderr = Place(set, _exchange.Stderr);
        return true;
    }

    /// <summary>Does what has become possible.</summary>
    /// <param name="set">The wait that has ended.</param>
    internal void Move(PollSet set)
    {
        if (set[_stdout] != 0)
        {
            _ = Read(_exchange.Stdout!); // ! it has a place
        }

        if (set[_stderr] != 0)
        {
            _ = Read(_exchange.Stderr!); // ! it has a place
        }

        if (set[_stdin] != 0)
        {
            Write(_exchange.Stdin!, set[_stdin]); // ! it has a place
        }

        if (set[_child] != 0)
        {
            SeeExit();
        }
    }

    private static int Place(PollSet set, OutputLane? lane) =>
        lane is { IsEnded: false } ? set.Add(lane.Pipe.Handle, Interop.Libc.POLLIN) : -1;

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
                _pump.WakeAfter(stdin.Pending);
            }
        }
        catch (Exception e)
        {
            _exchange.Fail(e, lane: null);
        }
    }
}
