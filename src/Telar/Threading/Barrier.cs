using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// State machine (all fields under _latch)
//
//               the last party comes                   the action returned
//    Filling -------------------------> Acting ---------------------------------> Filling (next cycle)
//       |                                  |
//       | time over, cancelled, Abort      | the action threw, Abort
//       +----------------> Broken <--------+              Broken -- Reset --> Filling
//
// Invariants
//   I1  _arrived is the number of the parties of this cycle that have come, and of waiters in _waiters, while Filling; 0 otherwise.
//   I2  While Acting the parties of the cycle are in _leaving, which belongs to the last party; nobody else ends their waits. Who comes meanwhile
//       waits in _entrance, and then comes again.
//   I3  _version changes with each Reset and Abort: the last party sees after the action whether its cycle still counts.
// Locks
//   _latch guards all fields. It is a leaf: the action runs, and waiters are completed, outside of it.
// Ownership
//   A waiter is completed by who took it out of its queue.

/// <summary>A place where a fixed number of parties wait for each other, again and again.</summary>
/// <remarks>
/// <para>
/// Parties may be threads and awaits. A party that gives up breaks the barrier for all of them, because they would wait in vain:
/// they get a <see cref="BrokenBarrierException"/>, and so does everybody who comes before <see cref="Reset"/>.
/// <see cref="System.Threading.Barrier"/> stays usable there, and its parties may change.
/// </para>
/// <para>Python: <c>threading.Barrier</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(WaitDebugView))]
public sealed class Barrier : IBarrier, IWaitOwner, IWaitSource
{
    private const int AtEntrance = -1;

    private readonly Action? _action;
    private readonly TimeSpan? _timeout;
    private int _arrived;
    private int _version;
    private bool _isActing;
    private volatile BreakCause _broken;
    private Exception? _failure;
    private Waiter? _leaving;
    private Latch _latch;
    private WaitQueue _waiters;
    private WaitQueue _entrance;
    private SpinGuide _spin;
    private WaitTally _tally;

    /// <summary>Makes a barrier.</summary>
    /// <param name="parties">How many parties it takes to pass, at least 1.</param>
    /// <param name="action">
    /// Run once each time, by the party that came last, before all of them go on; its exception breaks the barrier. It holds no lock.
    /// An async party runs it on the thread that called <see cref="WaitAsync"/>.
    /// </param>
    /// <param name="timeout">How long a <see cref="Wait"/> without a time-out of its own waits; <see langword="null"/> for ever.</param>
    /// <param name="name">What it is called in messages and dumps; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="parties"/> is less than 1, or <paramref name="timeout"/> is negative and not infinite.
    /// </exception>
    public Barrier(int parties, Action? action = null, TimeSpan? timeout = null, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parties, 1);
        WaitDeadline.Check(timeout);
        Parties = parties;
        _action = action;
        _timeout = timeout;
        Name = name;
    }

    /// <summary>What it is called in messages and dumps.</summary>
    /// <value><see langword="null"/> when it was given no name.</value>
    public string? Name { get; }

    /// <inheritdoc/>
    public int Parties { get; }

    /// <inheritdoc/>
    public int WaitingCount => Volatile.Read(ref _arrived);

    /// <inheritdoc/>
    public bool IsBroken => _broken != BreakCause.None;

    /// <summary>How much the parties waited for each other.</summary>
    public WaitStatistics Statistics => new(_tally.Waits, _waiters.Count + _entrance.Count, _tally.Total, _tally.Longest);

    /// <inheritdoc/>
    string IWaitSource.HolderText => "nobody: a barrier is not held";

    /// <inheritdoc/>
    /// <exception cref="Exception">Whatever the action threw, for the party that ran it. The barrier is broken.</exception>
    /// <remarks>
    /// A token that is cancelled before the call ends it before the party has come: the barrier is then as it was. While the action runs,
    /// neither time nor token end the waits of the parties that have come. Python: <c>Barrier.wait</c>.
    /// </remarks>
    public int Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        WaitDeadline deadline = WaitDeadline.After(timeout ?? _timeout);
        while (true)
        {
            ThreadWaiter waiter = ThreadWaiter.Rent(this, "for the other parties of");
            WaitOutcome outcome = Come(waiter);
            bool waits = outcome == WaitOutcome.Pending;
            if (waits)
            {
                outcome = waiter.Wait(deadline, cancellationToken, ref _spin);
            }

            (int tag, Exception? failure) = (waiter.Tag, waiter.Payload as Exception);
            waiter.Return();
            if (outcome != WaitOutcome.Retry)
            {
                return Finish(outcome, isLast: !waits, tag, failure, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    /// <inheritdoc cref="Wait"/>
    public ValueTask<int> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : MeetAsync(WaitDeadline.After(timeout ?? _timeout), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Python: <c>Barrier.reset</c>.</remarks>
    public void Reset() => SendAway(BreakCause.Reset);

    /// <inheritdoc/>
    /// <remarks>Python: <c>Barrier.abort</c>.</remarks>
    public void Abort() => SendAway(BreakCause.Aborted);

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Barrier 'start' (2 of 5 parties are here)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Describe.Label(this, Name)} ({(IsBroken ? "broken" : $"{WaitingCount} of {Parties} parties are here")})");

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter)
    {
        Waiter? others = null;
        Waiter? entrants = null;
        _latch.Enter();
        bool removed = waiter.Tag == AtEntrance ? _entrance.TryRemove(waiter) : _waiters.TryRemove(waiter);
        if (removed)
        {
            _broken = BreakCause.TimedOut;
            _arrived = 0;
            others = _waiters.TakeAll();
            entrants = _entrance.TakeAll();
        }

        _latch.Exit();
        if (removed)
        {
            _tally.Add(waiter.Since);
            Refuse(others, BreakCause.TimedOut, failure: null);
            Refuse(entrants, BreakCause.TimedOut, failure: null);
        }

        return removed;
    }

    /// <inheritdoc/>
    string[] IWaitSource.WaiterTexts() => Describe.Waiters(ref _latch, ref _waiters);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> MeetAsync(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            AsyncWaiter waiter = AsyncWaiter.Rent(this, "for the other parties of");
            ValueTask<WaitOutcome> ended = waiter.OutcomeTask;
            WaitOutcome outcome = Come(waiter);
            bool waits = outcome == WaitOutcome.Pending;
            if (waits)
            {
                waiter.Arm(deadline, cancellationToken);
                outcome = await ended.ConfigureAwait(false);
            }

            (int tag, Exception? failure) = (waiter.Tag, waiter.Payload as Exception);
            waiter.Recycle();
            if (outcome != WaitOutcome.Retry)
            {
                return Finish(outcome, isLast: !waits, tag, failure, cancellationToken);
            }
        }
    }

    /// <summary>A party comes.</summary>
    /// <returns>
    /// Pending: it is queued, and its number is in Tag. Granted: it was the last one, and must call <see cref="Finish"/>.
    /// Refused: the barrier is broken, for the cause in Tag.
    /// </returns>
    private WaitOutcome Come(Waiter waiter)
    {
        WaitOutcome outcome = WaitOutcome.Pending;
        _latch.Enter();
        if (_broken != BreakCause.None)
        {
            waiter.Tag = (int)_broken;
            waiter.Payload = _failure;
            outcome = WaitOutcome.Refused;
        }
        else if (_isActing)
        {
            waiter.Tag = AtEntrance;
            _entrance.Append(waiter);
        }
        else if (_arrived + 1 < Parties)
        {
            waiter.Tag = _arrived++;
            _waiters.Append(waiter);
        }
        else
        {
            waiter.Tag = _version;
            _arrived = 0;
            _leaving = _waiters.TakeAll();
            _isActing = true;
            outcome = WaitOutcome.Granted;
        }

        _latch.Exit();
        return outcome;
    }

    private int Finish(WaitOutcome outcome, bool isLast, int tag, Exception? failure, CancellationToken cancellationToken) => outcome switch
    {
        WaitOutcome.Granted => isLast ? LetGo(version: tag) : tag,
        WaitOutcome.Cancelled => throw new OperationCanceledException(cancellationToken),
        WaitOutcome.TimedOut => throw Broken(BreakCause.TimedOut, failure: null, isOwnDoing: true),
        _ => throw Broken((BreakCause)tag, failure),
    };

    /// <summary>The last party runs the action and lets all parties of its cycle go.</summary>
    private int LetGo(int version)
    {
        try
        {
            _action?.Invoke();
        }
        catch (Exception exception)
        {
            EndCycle(version, exception);
            throw;
        }

        BreakCause cause = EndCycle(version, failure: null);
        return cause == BreakCause.None ? Parties - 1 : throw Broken(cause, failure: null);
    }

    private BreakCause EndCycle(int version, Exception? failure)
    {
        _latch.Enter();
        Waiter? parties = _leaving;
        Waiter? entrants = _entrance.TakeAll();
        _leaving = null;
        _isActing = false;
        BreakCause cause = failure is not null ? BreakCause.ActionFailed
            : version == _version ? BreakCause.None
            : _broken == BreakCause.None ? BreakCause.Reset
            : _broken;

        // A Reset while the action ran has made the barrier new: the action's failure is the old one's.
        if (failure is not null && version == _version)
        {
            _broken = BreakCause.ActionFailed;
            _failure = failure;
        }

        _latch.Exit();
        if (cause == BreakCause.None)
        {
            _tally.AddAll(parties);

            Waiter.CompleteAll(parties, WaitOutcome.Granted);
        }
        else
        {
            Refuse(parties, cause, failure);
        }

        Waiter.CompleteAll(entrants, WaitOutcome.Retry);
        return cause;
    }

    private void SendAway(BreakCause cause)
    {
        _latch.Enter();
        _version++;
        _arrived = 0;
        _failure = null;
        _broken = cause == BreakCause.Reset ? BreakCause.None : cause;
        Waiter? waiters = _waiters.TakeAll();
        Waiter? entrants = _entrance.TakeAll();
        _latch.Exit();
        Refuse(waiters, cause, failure: null);
        Refuse(entrants, cause, failure: null);
    }

    private void Refuse(Waiter? first, BreakCause cause, Exception? failure)
    {
        for (Waiter? waiter = first; waiter is not null; waiter = waiter.Next)
        {
            _tally.Add(waiter.Since);
            waiter.Tag = (int)cause;
            waiter.Payload = failure;
        }

        Waiter.CompleteAll(first, WaitOutcome.Refused);
    }

    private BrokenBarrierException Broken(BreakCause cause, Exception? failure, bool isOwnDoing = false)
    {
        string reason = cause switch
        {
            BreakCause.Aborted => "Abort was called",
            BreakCause.Reset => "Reset was called while this party waited",
            BreakCause.ActionFailed => "its action failed",
            _ when isOwnDoing => "the others did not come in time",
            _ => "a party gave up: its time was over, or its wait was cancelled",
        };
        string next = cause == BreakCause.Reset ? "The barrier itself is new, and can be used." : "Reset makes it usable again.";
        return new BrokenBarrierException($"Wait at {Describe.Label(this, Name)}: {reason}. {next}", failure);
    }
}
