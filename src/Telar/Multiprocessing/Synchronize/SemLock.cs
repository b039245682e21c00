using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Threading;

namespace Telar.Multiprocessing;

/// <summary>What locks and semaphores between processes have in common.</summary>
/// <remarks>
/// <para>
/// Taking one that is free, and releasing one that nobody waits for, needs no call of the system. Waiters sleep, and look by themselves
/// every 10 to 160 ms whether who has it is alive.
/// </para>
/// <para>Python: <c>multiprocessing.synchronize.SemLock</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public abstract class SemLock : ProcessPrimitive, IAcquirable
{
    // Together about 20 microseconds.
    private const int SpinRounds = 40;
    private const int LongestPause = 16;

    private SpinGuide _spin;

    private protected SemLock(SyncSegment segment)
        : base(segment)
    {
    }

    /// <inheritdoc/>
    public abstract bool IsLocked { get; }

    /// <inheritdoc/>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (TryTake(looksForDead: timeout == TimeSpan.Zero) || (timeout != TimeSpan.Zero && SpinToTake()))
        {
            OnTaken();
            return true;
        }

        return timeout != TimeSpan.Zero && Ended(AcquireSlowAsync(blocks: true, WaitDeadline.After(timeout), cancellationToken));
    }

    /// <inheritdoc/>
    public bool TryAcquire()
    {
        bool isTaken = TryTake(looksForDead: true);
        if (isTaken)
        {
            OnTaken();
        }

        return isTaken;
    }

    /// <inheritdoc/>
    public abstract void Release();

    /// <inheritdoc/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Acquire(timeout, cancellationToken) ? new LockScope(this) : throw Describe.NotInTime(this, timeout);

    /// <summary>Takes it if it can be had at once.</summary>
    /// <param name="looksForDead">Whether what a dead process has can be had.</param>
    private protected abstract bool TryTake(bool looksForDead);

    /// <summary>Waits until it is taken.</summary>
    private protected abstract ValueTask<WaitOutcome> TakeAsync(bool blocks, WaitDeadline deadline, CancellationToken cancellationToken);

    /// <summary>Called by who has just taken it.</summary>
    private protected virtual void OnTaken()
    {
    }

    private protected ValueTask<bool> AcquireCoreAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        WaitDeadline.Check(timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        return timeout == TimeSpan.Zero
            ? new ValueTask<bool>(TryAcquire())
            : AcquireSlowAsync(blocks: false, WaitDeadline.After(timeout), cancellationToken);
    }

    private async ValueTask<bool> AcquireSlowAsync(bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        WaitOutcome outcome = await TakeAsync(blocks, deadline, cancellationToken).ConfigureAwait(false);
        if (!outcome.IsGranted(cancellationToken))
        {
            return false;
        }

        OnTaken();
        return true;
    }

    private bool SpinToTake()
    {
        if (!_spin.ShouldSpin())
        {
            return false;
        }

        bool isTaken = false;
        int pause = 1;
        for (int round = 0; round < SpinRounds && !isTaken; round++)
        {
            System.Threading.Thread.SpinWait(pause);
            pause = Math.Min(2 * pause, LongestPause);
            isTaken = TryTake(looksForDead: false);
        }

        _spin.Report(isTaken);
        return isTaken;
    }
}
