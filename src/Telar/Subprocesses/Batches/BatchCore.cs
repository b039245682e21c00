using System.Diagnostics.CodeAnalysis;

namespace Telar.Subprocesses;

// State machine of a job (all of it on the one loop of its driver; nothing here knows a clock, a thread or a process)
//
//   TryRead, Offer            Start                 Ended, may be repeated
//   --------------> Fresh ----------> Running -------------------------------> Pausing
//                     |      ^          |  |                                      |
//          skipped    |      |          |  | Ended, final        no more starts   |
//                     |      +----------|--|-------- due -------------------------+
//                     v                 v  v                                      |
//                  Settled <---------------+--------------------------------------+
//                     |  Settle, as they end
//                     v
//                   Held ---------> gone
//                            Emit, as they end or in the order of the input
//
// Invariants
//   I1  At most Jobs jobs run, each with a slot of its own; a job that is being stopped still runs.
//   I2  At most one job is Fresh, the last one that was read. So what is dropped when the batch halts is never a gap in the order.
//   I3  Every job that was offered and not dropped is settled once, and then emitted once.
//   I4  After _noMoreStarts nothing is started. With _stopRunning every running job is asked to stop, once.
//   I5  Read - Taken <= Window.

/// <summary>Decides what a batch does next. The driver does it, and tells what happened.</summary>
internal sealed class BatchCore(BatchRules rules)
{
    private readonly PriorityQueue<BatchJob, (TimeSpan Due, int Seq)> _pausing = new();

    // In the order of their starts, without those that are being stopped. All have the same time limit, so the first is due first.
    private readonly LinkedList<BatchJob> _running = new();
    private readonly List<BatchJob> _stopping = [];
    private readonly Queue<BatchJob> _settled = new();
    private readonly Queue<BatchJob> _emit = new();
    private readonly Dictionary<int, BatchJob> _held = [];
    private readonly SlotNumbers _slots = new();
    private readonly DurationSample _successes = new();
    private readonly RemainingTime _remaining = new();
    private readonly int[] _outcomes = new int[Enum.GetValues<BatchOutcome>().Length];
    private BatchJob? _fresh;
    private bool _reading;
    private bool _inputEnded;
    private bool _noMoreStarts;
    private bool _stopRunning;
    private int _taken;
    private int _emitted;
    private TimeSpan _nextStart = TimeSpan.MinValue;

    /// <summary>How many jobs were offered, dropped ones not counted.</summary>
    public int Read { get; private set; }

    public int RunningCount => _running.Count + _stopping.Count;

    /// <summary>Whether <see cref="HaltPolicy"/> ended the batch.</summary>
    public bool IsHalted { get; private set; }

    /// <summary>Whether all jobs of the input were settled, so that nothing is left to do.</summary>
    public bool IsComplete => _inputEnded && IsOver && !WasCutShort;

    /// <summary>Nothing runs, waits or is to be emitted any more. A read may still be under way when no job is wanted.</summary>
    public bool IsOver => RunningCount == 0 && _pausing.Count == 0 && _fresh is null && _settled.Count == 0 && _emit.Count == 0
        && (_noMoreStarts || (_inputEnded && !_reading));

    private bool WasCutShort { get; set; }

    public int Count(BatchOutcome outcome) => _outcomes[(int)outcome];

    /// <summary>Whether to read the next command now. The answer is <see cref="Offer"/> or <see cref="EndInput"/>.</summary>
    public bool TryRead(TimeSpan now)
    {
        if (_reading || _inputEnded || _fresh is not null || !HasPlace(now) || Read - _taken >= rules.Window)
        {
            return false;
        }

        return _reading = true;
    }

    /// <summary>A command was read.</summary>
    /// <param name="job">Its job.</param>
    /// <param name="settledAs">Its outcome when it needs no run.</param>
    /// <returns>False: it is not wanted any more, because the batch was halted meanwhile. It is forgotten.</returns>
    public bool Offer(BatchJob job, BatchOutcome? settledAs = null)
    {
        _reading = false;
        if (_noMoreStarts)
        {
            WasCutShort = true;
            return false;
        }

        job.Seq = ++Read;
        if (settledAs is { } outcome)
        {
            SettleAs(job, outcome);
        }
        else
        {
            _fresh = job;
        }

        return true;
    }

    /// <summary>There are no more commands.</summary>
    public void EndInput()
    {
        _reading = false;
        _inputEnded = true;
    }

    /// <summary>The attempt of a job has ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="outcome">How. A job that was asked to stop may nevertheless have succeeded or failed by itself.</param>
    /// <param name="mayRepeat">Whether this failure is one that another attempt may mend.</param>
    /// <param name="now">When, since the start of the batch.</param>
    public void Ended(BatchJob job, BatchOutcome outcome, bool mayRepeat, TimeSpan now)
    {
        if (!_stopping.Remove(job))
        {
            _ = _running.Remove(job);
        }

        _slots.Return(job.Slot);
        job.Slot = 0;
        job.Outcome = outcome;
        TimeSpan duration = now - job.StartedAt;
        bool repeats = mayRepeat && !_noMoreStarts && job.Attempts <= rules.Retries
            && outcome is BatchOutcome.Failed or BatchOutcome.TimedOut;
        _remaining.Add(duration, isFinal: !repeats);
        if (outcome == BatchOutcome.Succeeded)
        {
            _successes.Add(duration);
        }

        if (repeats)
        {
            TimeSpan pause = rules.PauseAfter(job.Attempts);
            _pausing.Enqueue(job, (pause < TimeSpan.MaxValue - now ? now + pause : TimeSpan.MaxValue, job.Seq));
        }
        else
        {
            SettleAs(job, outcome);
        }
    }

    /// <summary>The caller has taken a job that was emitted.</summary>
    public void Taken() => _taken++;

    /// <summary>Starts nothing more.</summary>
    /// <param name="stopRunning">Whether the running jobs are stopped as well.</param>
    public void Cease(bool stopRunning)
    {
        _noMoreStarts = true;
        _stopRunning |= stopRunning;
        WasCutShort |= !_inputEnded || _fresh is not null || _pausing.Count > 0;
        if (_fresh is not null)
        {
            _fresh = null;
            Read--;
        }

        while (_pausing.TryDequeue(out BatchJob? job, out _))
        {
            SettleAs(job, BatchOutcome.Stopped);
        }
    }

    /// <summary>The next thing to do with a job.</summary>
    /// <param name="now">The time since the start of the batch.</param>
    /// <param name="step">What to do.</param>
    /// <param name="job">With which job.</param>
    /// <returns>False: nothing, until something happens or <see cref="WakeAt"/>.</returns>
    public bool TryNext(TimeSpan now, out BatchStep step, [NotNullWhen(true)] out BatchJob? job)
    {
        if (_settled.TryDequeue(out job))
        {
            step = BatchStep.Settle;
            Hold(job);
        }
        else if (_emit.TryDequeue(out job))
        {
            step = BatchStep.Emit;
        }
        else if (TryStop(now, out job))
        {
            step = BatchStep.Stop;
        }
        else
        {
            step = BatchStep.Start;
            return TryStart(now, out job);
        }

        return true;
    }

    /// <summary>When there is something to do although nothing happens; null when there is not.</summary>
    /// <param name="now">The time since the start of the batch, with which <see cref="TryNext"/> has just answered no.</param>
    public TimeSpan? WakeAt(TimeSpan now)
    {
        TimeSpan? wake = null;
        if (Limit is { } limit && _running.First is { } oldest)
        {
            wake = Later(oldest.Value.StartedAt, limit);
        }

        if (!_noMoreStarts && RunningCount < rules.Jobs)
        {
            bool wantsStart = _fresh is not null || (!_inputEnded && !_reading && Read - _taken < rules.Window);
            if (wantsStart && _nextStart > now)
            {
                wake = Earlier(wake, _nextStart);
            }

            if (_pausing.TryPeek(out _, out (TimeSpan Due, int Seq) first))
            {
                wake = Earlier(wake, first.Due > _nextStart ? first.Due : _nextStart);
            }
        }

        return wake;
    }

    /// <summary>How long the rest will take; null when that cannot be told.</summary>
    /// <param name="now">The time since the start of the batch.</param>
    /// <param name="total">How many commands there are.</param>
    public TimeSpan? Remaining(TimeSpan now, int? total)
    {
        long? toRead = _noMoreStarts || _inputEnded ? 0 : total - Read;
        return toRead is not { } unread
            ? null
            : _remaining.Estimate(
                [.. _running.Concat(_stopping).Select(job => now - job.StartedAt)],
                Math.Max(0, unread) + _pausing.Count + (_fresh is null ? 0 : 1),
                rules.Jobs,
                rules.StartDelay);
    }

    private TimeSpan? Limit => rules.TimeoutFactor is { } factor && _successes.Count >= rules.TimeoutSamples
        ? Earlier(rules.Timeout, Times(_successes.Median, factor))
        : rules.Timeout;

    private bool HasPlace(TimeSpan now) => !_noMoreStarts && RunningCount < rules.Jobs && now >= _nextStart;

    private bool TryStop(TimeSpan now, [NotNullWhen(true)] out BatchJob? job)
    {
        job = _running.First?.Value;
        bool isLate = job is not null && Limit is { } limit && now - job.StartedAt >= limit;
        if (job is null || !(_stopRunning || isLate))
        {
            job = null;
            return false;
        }

        job.StopReason = _stopRunning ? BatchOutcome.Stopped : BatchOutcome.TimedOut;
        _running.RemoveFirst();
        _stopping.Add(job);
        return true;
    }

    private bool TryStart(TimeSpan now, [NotNullWhen(true)] out BatchJob? job)
    {
        job = null;
        if (!HasPlace(now))
        {
            return false;
        }

        if (_pausing.TryPeek(out BatchJob? first, out (TimeSpan Due, int Seq) when) && when.Due <= now)
        {
            job = first;
            _ = _pausing.Dequeue();
        }
        else if (_fresh is not null)
        {
            job = _fresh;
            _fresh = null;
        }
        else
        {
            return false;
        }

        job.Slot = _slots.Take();
        job.Attempts++;
        job.StartedAt = now;
        job.StopReason = null;
        _running.AddLast(job);
        _nextStart = Later(now, rules.StartDelay);
        return true;
    }

    private void SettleAs(BatchJob job, BatchOutcome outcome)
    {
        job.Outcome = outcome;
        _outcomes[(int)outcome]++;
        _settled.Enqueue(job);
        if (!IsHalted && !_noMoreStarts
            && rules.Halt.IsReached(Count(BatchOutcome.Succeeded), Count(BatchOutcome.Failed) + Count(BatchOutcome.TimedOut)))
        {
            IsHalted = true;
            Cease(rules.Halt.StopsRunning);
        }
    }

    private void Hold(BatchJob job)
    {
        if (!rules.KeepOrder)
        {
            _emit.Enqueue(job);
            return;
        }

        _held.Add(job.Seq, job);
        while (_held.Remove(_emitted + 1, out BatchJob? next))
        {
            _emitted++;
            _emit.Enqueue(next);
        }
    }

    private static TimeSpan Earlier(TimeSpan? left, TimeSpan right) => left < right ? left.Value : right;

    private static TimeSpan Later(TimeSpan start, TimeSpan span) => span < TimeSpan.MaxValue - start ? start + span : TimeSpan.MaxValue;

    private static TimeSpan Times(TimeSpan span, double factor) =>
        span.Ticks * factor < TimeSpan.MaxValue.Ticks ? span * factor : TimeSpan.MaxValue;
}
