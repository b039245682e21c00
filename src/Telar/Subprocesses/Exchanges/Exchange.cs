using System.Runtime.ExceptionServices;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

// State machine (of what is exchanged with one child; moved by a pump, one pump at a time)
//
//   Running --- the child ends ---> Draining --- all lanes ended, or PipeGrace over ---> Complete
//      |                               |
//      +-------------------------------+--- a sink is full, user code throws ---> Failed
//
//   A failed exchange may be pumped on, while the child is stopped: what comes for the lane at fault is then forgotten.
//
// Invariants
//   I1  A pump may return at any moment and another one may take over: what is to be written, where output goes, what is at
//       its end and what is still under way with the user's streams is all here.
//   I2  Bytes taken from a pipe are handed to the sink before the pump returns, or are in Writing of their lane.
//   I3  The first failure stays. Lanes of one asynchronous pump may fail at the same time: _failure and Full are set by
//       compare-and-exchange.
// Locks
//   None: Popen lets one pump in at a time, which orders them.
// Ownership
//   The exchange owns our ends of the pipes, and closes each when it is done with it.

/// <summary>The state of what is written to a child and read from it.</summary>
internal sealed class Exchange : IDisposable
{
    private static readonly TimeSpan s_stopGrace = TimeSpan.FromMilliseconds(200);

    private ExceptionDispatchInfo? _failure;
    private OutputLane? _full;

    /// <summary>Begins an exchange.</summary>
    /// <param name="child">With whom.</param>
    /// <param name="pipeGrace">How long pipes are read after the child's end.</param>
    internal Exchange(ChildProcess child, TimeSpan pipeGrace)
    {
        Child = child;
        PipeGrace = pipeGrace;
    }

    /// <summary>The child.</summary>
    internal ChildProcess Child { get; }

    /// <summary>How long pipes are read after the child's end.</summary>
    internal TimeSpan PipeGrace { get; }

    /// <summary>What is written; null when the child's input is no pipe of ours.</summary>
    internal InputLane? Stdin { get; init; }

    /// <summary>What is read; null when it is no pipe of ours.</summary>
    internal OutputLane? Stdout { get; init; }

    /// <summary>What is read; null when it is no pipe of ours.</summary>
    internal OutputLane? Stderr { get; init; }

    /// <summary>Whether the child has ended, as far as the pump knows.</summary>
    internal bool HasExited { get; private set; }

    /// <summary>Whether the child has ended and its output is read as far as it will be.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>The moment at which the pipes are given up; never while the child runs.</summary>
    internal WaitDeadline GraceEnd { get; private set; } = WaitDeadline.Never;

    /// <summary>Whether the child is being stopped.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>Whether the caller's time limit counts. Once the child has ended the grace counts instead, if it has an end.</summary>
    internal bool CountsTime => !HasExited || GraceEnd.IsNever;

    /// <summary>Whether all pipes are done with.</summary>
    internal bool LanesEnded =>
        Stdin is not { IsEnded: false } && Stdout is not { IsEnded: false } && Stderr is not { IsEnded: false };

    /// <summary>The lane whose sink is full, if one is.</summary>
    internal OutputLane? Full => _full;

    /// <summary>Whether the child is to be stopped because a sink is full or code of the user has thrown.</summary>
    internal bool HasFailed => _failure is not null || _full is not null;

    /// <summary>What has come from standard output so far.</summary>
    internal CapturedOutput StdoutSoFar => Stdout?.Snapshot() ?? CapturedOutput.NotCaptured;

    /// <summary>What has come from standard error so far.</summary>
    internal CapturedOutput StderrSoFar => Stderr?.Snapshot() ?? CapturedOutput.NotCaptured;

    /// <summary>The child has ended: from now on the grace counts.</summary>
    internal void NoteExit()
    {
        HasExited = true;
        GraceEnd = WaitDeadline.After(IsStopping && (PipeGrace < TimeSpan.Zero || PipeGrace > s_stopGrace) ? s_stopGrace : PipeGrace);
    }

    /// <summary>The child is being stopped: nobody waits for a pipe that never closes, or a stream of the user that is stuck.</summary>
    internal void BeginStop()
    {
        IsStopping = true;
        if (HasExited)
        {
            NoteExit();
        }
    }

    /// <summary>Nothing more is waited for: pipes that something still holds are given up.</summary>
    internal void Complete()
    {
        IsComplete = true;
        Stdin?.End();
        GiveUp(Stdout);
        GiveUp(Stderr);
    }

    /// <summary>Notes that code of the user has thrown.</summary>
    /// <param name="exception">What.</param>
    /// <param name="lane">Whose sink it was; null for the input.</param>
    internal void Fail(Exception exception, OutputLane? lane)
    {
        _ = Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        lane?.Discard();
        if (lane is null)
        {
            Stdin?.End();
        }
    }

    /// <summary>Notes that a sink wants no more.</summary>
    /// <param name="lane">Whose.</param>
    internal void Overflow(OutputLane lane)
    {
        _ = Interlocked.CompareExchange(ref _full, lane, null);
        lane.Discard();
    }

    /// <summary>Throws what code of the user has thrown, if it has.</summary>
    internal void ThrowFailure() => _failure?.Throw();

    /// <summary>Closes all pipes and sinks.</summary>
    public void Dispose()
    {
        Stdin?.End();
        Stdout?.Dispose();
        Stderr?.Dispose();
    }

    private void GiveUp(OutputLane? lane)
    {
        if (lane is null or { IsEnded: true })
        {
            return;
        }

        try
        {
            lane.GiveUp();
        }
        catch (Exception e)
        {
            Fail(e, lane);
        }
    }
}
