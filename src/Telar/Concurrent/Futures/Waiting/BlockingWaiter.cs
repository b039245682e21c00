using System.Diagnostics;
using Telar.Internal.Waiting;

namespace Telar.Concurrent.Futures.Waiting;

// Invariants
//   I1  The write of _hasEnded comes before Unpark, which is a fence: the thread that wakes up sees it.
//   I2  The parker is the thread's own, for all of its waits: a Notify that comes after its wait wakes a later one for nothing, which looks
//       at its own _hasEnded and parks again.

/// <summary>A thread that waits for one future.</summary>
internal sealed class BlockingWaiter : IFutureWaiter
{
    // About what a sleep and a wake-up across processors cost; most calls outlast it, and then the guide leaves it out.
    private static readonly long s_spinTicks = Stopwatch.Frequency * 20 / 1_000_000;

    [ThreadStatic]
    private static Parker? t_parker;

    [ThreadStatic]
    private static SpinGuide t_spin;

    private readonly Parker _parker = t_parker ??= Parker.Create();
    private bool _hasEnded;
    private int _waker;

    public bool RunsUserCode => false;

    /// <summary>Waits on the thread that made this.</summary>
    /// <returns>False: the time ran out.</returns>
    public bool Wait(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        bool spins = t_spin.ShouldSpin();
        bool hit = spins && SpinUntilEnded(deadline);
        bool hasEnded = hit || Sleep(deadline, cancellationToken);
        if (hasEnded)
        {
            t_spin.WokenFrom(_waker);
            if (spins)
            {
                t_spin.Report(hit);
            }
        }

        return hasEnded;
    }

    public void Notify(Future future)
    {
        _waker = SpinGuide.CurrentProcessor;
        Volatile.Write(ref _hasEnded, true);
        _parker.Unpark();
    }

    private bool SpinUntilEnded(WaitDeadline deadline)
    {
        long end = Math.Min(Stopwatch.GetTimestamp() + s_spinTicks, deadline.Timestamp);
        do
        {
            for (int i = 0; i < 8; i++)
            {
                if (Volatile.Read(ref _hasEnded))
                {
                    return true;
                }

                Thread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() < end);

        return false;
    }

    private bool Sleep(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static parker => ((Parker)parker!).Unpark(), _parker); // never null: passed here
        try
        {
            while (!Volatile.Read(ref _hasEnded))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (deadline.IsOver)
                {
                    return false;
                }

                _parker.Park(deadline);
            }

            return true;
        }
        finally
        {
            // Not Dispose, which waits for a callback that runs: here it may come late (I2).
            registration.Unregister();
            _parker.Leave();
        }
    }
}
