using Telar.Internal.Native;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>
/// Moves exchanges on the calling thread, on Linux: one loop that waits for the pipes and the ends of all children, and for the
/// token. No other thread is needed.
/// </summary>
internal sealed class PollPump : IDisposable
{
    private const int LongestPoll = 1_000_000_000;

    private readonly PolledExchange[] _exchanges;
    private readonly PollSet _set;
    private EventDescriptor? _wake;
    private CancellationTokenRegistration _registration;

    private PollPump(ReadOnlySpan<Exchange> exchanges)
    {
        _set = new PollSet((exchanges.Length * PolledExchange.MostDescriptors) + 1);
        _exchanges = new PolledExchange[exchanges.Length];
        for (int i = 0; i < exchanges.Length; i++)
        {
            _exchanges[i] = new PolledExchange(exchanges[i], this);
        }
    }

    /// <summary>Moves exchanges until all are complete, or something prevents that.</summary>
    /// <param name="exchanges">The exchanges, each with another child.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it returned. <see cref="Exchange.IsComplete"/> and <see cref="Exchange.HasFailed"/> tell of each.</returns>
    internal static ExchangeOutcome Run(ReadOnlySpan<Exchange> exchanges, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        using var pump = new PollPump(exchanges);
        return pump.Run(deadline, cancellationToken);
    }

    /// <summary>The loop turns when a task of the user has ended.</summary>
    /// <param name="pending">The task; null for none.</param>
    internal void WakeAfter(Task? pending)
    {
        if (pending is { IsCompleted: false })
        {
            _ = pending.ContinueWith(
                static (_, state) => SetIfOpen((EventDescriptor)state!), // ! given here
                Wake(),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    public void Dispose()
    {
        // First, so that no callback finds the event closed.
        _registration.Dispose();
        _wake?.Dispose();
    }

    // A load that the pump has not waited for ends after it.
    private static void SetIfOpen(EventDescriptor wake)
    {
        try
        {
            wake.Set();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private ExchangeOutcome Run(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        Prepare(cancellationToken);
        for (bool hasLooked = false; ; hasLooked = true)
        {
            bool areComplete = true;
            bool countTime = false;
            bool haveFailed = false;
            foreach (PolledExchange exchange in _exchanges)
            {
                areComplete &= exchange.TryComplete();
                countTime |= exchange.CountsTime;
                haveFailed |= exchange.HasNewFailure;
            }

            if (haveFailed || areComplete)
            {
                return haveFailed ? ExchangeOutcome.Failed : ExchangeOutcome.Complete;
            }

            if (hasLooked && cancellationToken.IsCancellationRequested)
            {
                return ExchangeOutcome.Canceled;
            }

            if (hasLooked && countTime && deadline.IsOver)
            {
                return ExchangeOutcome.TimedOut;
            }

            Turn(deadline);
        }
    }

    private void Prepare(CancellationToken cancellationToken)
    {
        foreach (PolledExchange exchange in _exchanges)
        {
            exchange.Prepare();
        }

        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static state => ((EventDescriptor)state!).Set(), Wake()); // ! given here
        }
    }

    private EventDescriptor Wake() => _wake ??= new EventDescriptor();

    // One wait, and all that became possible by it.
    private void Turn(WaitDeadline deadline)
    {
        int milliseconds = LongestPoll;
        _set.Clear();
        foreach (PolledExchange exchange in _exchanges)
        {
            if (exchange.AddTo(_set))
            {
                milliseconds = Math.Min(milliseconds, Milliseconds(exchange.CountsTime ? deadline : exchange.GraceEnd));
            }
        }

        int wake = _wake is null ? -1 : _set.Add(_wake.Handle, Interop.Libc.POLLIN);
        if (!_set.Wait(milliseconds))
        {
            return;
        }

        if (_set[wake] != 0)
        {
            _ = _wake!.Reset(); // ! it has a place
        }

        foreach (PolledExchange exchange in _exchanges)
        {
            exchange.Move(_set);
        }
    }

    private static int Milliseconds(WaitDeadline until) => until.IsNever
        ? LongestPoll
        : (int)Math.Min(Math.Ceiling(until.Remaining.TotalMilliseconds), LongestPoll);
}
