using System.Text;
using Telar.Subprocesses;

namespace Telar.Tests.Subprocesses.Batches;

/// <summary>One batch in imagined time, with everything chosen by a seed; checks at each step what must always hold.</summary>
internal sealed class BatchSimulation
{
    private readonly Random _random;
    private readonly BatchRules _rules;
    private readonly BatchCore _core;
    private readonly PriorityQueue<Action, (TimeSpan At, int Order)> _future = new();
    private readonly StringBuilder _trace = new();
    private readonly HashSet<BatchJob> _running = [];
    private readonly HashSet<BatchJob> _settled = [];
    private readonly List<BatchJob> _emitted = [];
    private readonly List<BatchJob> _offered = [];
    private readonly int _commands;
    private readonly bool _takesLate;
    private TimeSpan _now;
    private TimeSpan _lastStart = TimeSpan.MinValue;
    private int _order;
    private int _read;
    private int _untaken;
    private bool _noMoreStarts;
    private bool _stopRunning;

    public BatchSimulation(int seed)
    {
        _random = new Random(seed);
        _commands = _random.Next(40);
        _takesLate = Chance(0.3);
        _rules = MakeRules();
        _core = new BatchCore(_rules);
        Trace($"{_commands} commands, {_rules}");
    }

    public string Text => _trace.ToString();

    public BatchCore Core => _core;

    public void Run()
    {
        if (Chance(0.2))
        {
            bool stopRunning = Chance(0.5);
            At(Some(60), () => Cease(stopRunning));
        }

        for (int steps = 0; ; steps++)
        {
            Require(steps < 100_000, "it never ends");
            DoAllThatIsToDo();
            Require(!_stopRunning || _running.All(job => job.StopReason is not null), "it lets run what is to stop");
            if (_core.IsOver)
            {
                break;
            }

            TimeSpan? wake = _core.WakeAt(_now);
            Require(wake is null || wake > _now, "it asks to be woken in the past");
            bool hasEvent = _future.TryPeek(out _, out (TimeSpan At, int Order) next);
            Require(hasEvent || wake is not null, "nothing will ever happen again");
            if (hasEvent && !(wake < next.At))
            {
                _now = next.At;
                _future.Dequeue()();
            }
            else
            {
                _now = wake!.Value; // one of the two is there
            }
        }

        CheckEnd();
    }

    private BatchRules MakeRules() => new()
    {
        Jobs = _random.Next(4) == 0 ? int.MaxValue : _random.Next(1, 6),
        KeepOrder = Chance(0.5),
        Window = Chance(0.5) ? int.MaxValue : _random.Next(1, 10),
        StartDelay = Chance(0.3) ? Some(3) : TimeSpan.Zero,
        Halt = _random.Next(6) switch
        {
            0 => HaltPolicy.Soon(OneOf(HaltOn.Failure, HaltOn.Success, HaltOn.End), _random.Next(1, 6)),
            1 => HaltPolicy.Now(OneOf(HaltOn.Failure, HaltOn.Success, HaltOn.End), _random.Next(1, 6)),
            2 => HaltPolicy.SoonAtPercent(OneOf(HaltOn.Failure, HaltOn.Success), _random.Next(1, 101)),
            3 => HaltPolicy.NowAtPercent(HaltOn.Failure, _random.Next(1, 101)) with { MinimumEnded = _random.Next(1, 9) },
            _ => HaltPolicy.Never,
        },
        Timeout = Chance(0.3) ? Some(20) : null,
        TimeoutFactor = Chance(0.3) ? 1 + _random.NextDouble() : null,
        TimeoutSamples = _random.Next(1, 5),
        Retries = _random.Next(4),
        RetryDelay = Chance(0.5) ? Some(5) : TimeSpan.Zero,
        RetryBackoff = 1 + _random.NextDouble(),
        MaxRetryDelay = TimeSpan.FromSeconds(8),
    };

    private void DoAllThatIsToDo()
    {
        while (true)
        {
            if (_core.TryNext(_now, out BatchStep step, out BatchJob? job))
            {
                Trace($"{step} {job.Seq}");
                Do(step, job);
            }
            else if (_core.TryRead(_now))
            {
                Require(!_noMoreStarts, "it reads although nothing is to start");
                At(_now + (Chance(0.7) ? TimeSpan.Zero : Some(4)), Read);
            }
            else
            {
                return;
            }
        }
    }

    private void Do(BatchStep step, BatchJob job)
    {
        switch (step)
        {
            case BatchStep.Start:
                Start(job);
                break;
            case BatchStep.Stop:
                Require(_running.Contains(job) && job.StopReason is not null, "it stops what does not run");
                Require(_stopRunning || _rules.Timeout is not null || _rules.TimeoutFactor is not null, "it stops without a reason");
                int attempt = job.Attempts;
                BatchOutcome end = Chance(0.1) ? BatchOutcome.Succeeded : job.StopReason ?? BatchOutcome.Stopped;
                At(_now + Some(3), () => End(job, attempt, end));
                break;
            case BatchStep.Settle:
                Require(!_running.Contains(job), "it settles what runs");
                Require(_settled.Add(job), "it settles twice");
                break;
            default:
                Require(_settled.Contains(job) && !_emitted.Contains(job), "it emits what is not settled, or twice");
                _emitted.Add(job);
                Require(!_rules.KeepOrder || job.Seq == _emitted.Count, "it emits out of order");
                Take();
                break;
        }
    }

    private void Start(BatchJob job)
    {
        Require(!_noMoreStarts, "it starts although nothing is to start");
        Require(_running.Add(job) && !_settled.Contains(job), "it starts what runs or is settled");
        Require(_running.Count <= _rules.Jobs, "too many run");
        Require(job.Slot >= 1 && job.Slot <= Math.Min(_rules.Jobs, _commands), "there is no such slot");
        Require(_running.All(other => other == job || other.Slot != job.Slot), "two have one slot");
        Require(job.Attempts <= _rules.Retries + 1, "it repeats too often");
        Require(_lastStart == TimeSpan.MinValue || _now >= _lastStart + _rules.StartDelay, "it starts too early");
        _lastStart = _now;
        int attempt = job.Attempts;
        TimeSpan duration = Chance(0.2) ? Some(40) : Some(4);
        BatchOutcome outcome = Chance(0.3) ? BatchOutcome.Failed : BatchOutcome.Succeeded;
        At(_now + duration, () => End(job, attempt, outcome));
    }

    private void End(BatchJob job, int attempt, BatchOutcome outcome)
    {
        if (!_running.Contains(job) || job.Attempts != attempt)
        {
            return; // the other end of this attempt, by itself or by being stopped, was first
        }

        _running.Remove(job);
        Trace($"{job.Seq} ended: {outcome}");
        int counted = Counted();
        _core.Ended(job, outcome, mayRepeat: Chance(0.9), _now);
        CheckHalt(counted);
    }

    private void Read()
    {
        if (_read == _commands)
        {
            _core.EndInput();
            return;
        }

        _read++;
        BatchJob job = new();
        if (_core.Offer(job, Chance(0.1) ? BatchOutcome.Skipped : null))
        {
            _offered.Add(job);
            _untaken++;
            Require(_untaken <= _rules.Window, "it reads beyond the window");
        }
        else
        {
            Require(_noMoreStarts, "it drops a command although others may start");
        }
    }

    private void Take()
    {
        if (_takesLate)
        {
            At(_now + Some(5), TakeNow);
        }
        else
        {
            TakeNow();
        }

        void TakeNow()
        {
            _untaken--;
            _core.Taken();
        }
    }

    private void Cease(bool stopRunning)
    {
        _noMoreStarts = true;
        _stopRunning |= stopRunning;
        Trace($"cease, stop running: {stopRunning}");
        _core.Cease(stopRunning);
    }

    private int Counted() => _rules.Halt.On switch
    {
        HaltOn.Failure => _core.Count(BatchOutcome.Failed) + _core.Count(BatchOutcome.TimedOut),
        HaltOn.Success => _core.Count(BatchOutcome.Succeeded),
        _ => _core.Count(BatchOutcome.Failed) + _core.Count(BatchOutcome.TimedOut) + _core.Count(BatchOutcome.Succeeded),
    };

    private void CheckHalt(int before)
    {
        if (_rules.Halt.Count is { } count && !_noMoreStarts)
        {
            Require(_core.IsHalted == (Counted() >= count), "it does not halt when it should, or when it should not");
        }

        Require(!_core.IsHalted || _noMoreStarts || Counted() >= before, "it forgot what ended");
        if (_core.IsHalted)
        {
            _noMoreStarts = true;
            _stopRunning |= _rules.Halt.StopsRunning;
        }
    }

    private void CheckEnd()
    {
        Require(_running.Count == 0, "something still runs");
        BatchJob[] wanted = [.. _offered.Where(job => job.Seq <= _core.Read)];
        Require(_emitted.Count == wanted.Length && wanted.All(_emitted.Contains), "something was never emitted");
        Require(wanted.Length >= _offered.Count - 1, "more than the last one was dropped");
        Require(_noMoreStarts || _emitted.Count == _commands, "something was never run");
        Require(_noMoreStarts || _core.IsComplete, "it is complete, and does not say so");
        Require(_emitted.All(job => job.Outcome != BatchOutcome.Stopped || _stopRunning || (_noMoreStarts && _rules.Retries > 0)), "something was stopped without a reason");
        int counted = Enum.GetValues<BatchOutcome>().Sum(_core.Count);
        Require(counted == _emitted.Count, $"it counts {counted} of {_emitted.Count}");
    }

    private void At(TimeSpan time, Action action) => _future.Enqueue(action, (time, _order++));

    private TimeSpan Some(double upToSeconds) => TimeSpan.FromMilliseconds(Math.Ceiling(_random.NextDouble() * upToSeconds * 1000));

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T OneOf<T>(params T[] values) => values[_random.Next(values.Length)];

    private void Trace(string text) => _trace.Append($"{_now.TotalSeconds,8:0.000} ").AppendLine(text);

    private void Require(bool condition, string problem)
    {
        if (!condition)
        {
            Trace($"WRONG: {problem}");
            throw new InvalidOperationException(problem);
        }
    }
}
