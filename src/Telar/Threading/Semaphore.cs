using System.Diagnostics;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// State machine (two words)
//
//    _units     free units that nobody was promised, 0 or more
//    _queuing   how many are queued, or are about to look once more and then queue
//
//    TryAcquire: _units - 1 by an exchange                Release(n): _units + n by an exchange, then, if _queuing is not 0, HandOut
//    AcquireSlow: under _latch, _queuing + 1, look at _units once more, queue
//    HandOut: under _latch, takes units back and gives them to the first of the queue, while there are both
//
// Invariants
//   I1  Both sides write their word with a full fence and then read the other's: a unit and a waiter that do not see each other cannot be
//       (docs/design/waiting.md#the-semaphore).
//   I2  _units + units held = what it was made with + releases - acquisitions; in a bounded one _units never passes _limit.
// Locks
//   _latch guards the queue. It is a leaf; waiters are completed outside of it.
// Ownership
//   A waiter is completed by who took it out of the queue. Nobody owns a unit: any thread may release.

/// <summary>A number of units that can be acquired, and released by anybody.</summary>
/// <remarks>
/// <para>
/// Taking a unit that is free and releasing one are one atomic operation each and allocate nothing. Threads and awaits wait in one
/// queue, and get the units that are released in the order in which they came.
/// </para>
/// <para>
/// Python: <c>threading.Semaphore</c>. <see cref="BoundedSemaphore"/> refuses to be released too often.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(WaitDebugView))]
public class Semaphore : IAsyncAcquirable, IWaitOwner, IWaitSource
{
    private readonly int _limit;
    private int _units;
    private int _queuing;
    private Latch _latch;
    private WaitQueue _waiters;
    private SpinGuide _spin;
    private WaitTally _tally;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="value">How many units there are at first, 0 or more.</param>
    /// <param name="name">What it is called in messages and dumps; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative.</exception>
    public Semaphore(int value = 1, string? name = null)
        : this(value, int.MaxValue, name)
    {
    }

    private protected Semaphore(int value, int limit, string? name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        _units = value;
        _limit = limit;
        Name = name;
    }

    /// <summary>What it is called in messages and dumps.</summary>
    /// <value><see langword="null"/> when it was given no name.</value>
    public string? Name { get; }

    /// <summary>How many units are free at this moment.</summary>
    public int Value => Volatile.Read(ref _units);

    /// <inheritdoc/>
    public bool IsLocked => Value == 0;

    /// <summary>How much it was waited for.</summary>
    public WaitStatistics Statistics => new(_tally.Waits, _waiters.Count, _tally.Total, _tally.Longest);

    /// <inheritdoc/>
    string IWaitSource.HolderText => "nobody: units have no owner";

    /// <inheritdoc/>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return TryAcquire() || (timeout != TimeSpan.Zero && AcquireSlow(WaitDeadline.After(timeout), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken)
            : TryAcquire() ? new ValueTask<bool>(true)
            : timeout == TimeSpan.Zero ? new ValueTask<bool>(false)
            : AcquireSlowAsync(WaitDeadline.After(timeout), cancellationToken);
    }

    /// <inheritdoc/>
    public bool TryAcquire()
    {
        int units = Volatile.Read(ref _units);
        while (units > 0)
        {
            int before = Interlocked.CompareExchange(ref _units, units - 1, units);
            if (before == units)
            {
                return true;
            }

            units = before;
        }

        return false;
    }

    /// <summary>Gives back one unit. Who waits next, gets it.</summary>
    /// <exception cref="SemaphoreFullException">There would be more units than allowed. Nothing changed.</exception>
    /// <remarks>Python: <c>Semaphore.release</c>.</remarks>
    public void Release() => Release(1);

    /// <summary>Gives back several units at once, or adds new ones.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <exception cref="SemaphoreFullException">There would be more units than allowed. Nothing changed.</exception>
    /// <remarks>Python: <c>Semaphore.release(n)</c>.</remarks>
    public void Release(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int units = Volatile.Read(ref _units);
        while (true)
        {
            if (units > _limit - count)
            {
                throw Full(count, units);
            }

            int before = Interlocked.CompareExchange(ref _units, units + count, units);
            if (before == units)
            {
                break;
            }

            units = before;
        }

        if (Volatile.Read(ref _queuing) != 0)
        {
            HandOut();
        }
    }

    /// <inheritdoc/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Acquire(timeout, cancellationToken) ? new LockScope(this) : throw Describe.NotInTime(this, timeout);

    /// <inheritdoc/>
    public ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        EnterScope.WhenAsync(AcquireAsync(timeout, cancellationToken), this, timeout);

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Semaphore 'connections' (0 free, 2 waiting)</c>.</returns>
    public override string ToString() => Describe.Primitive(
        this, Name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value} free"), _waiters.Count);

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter)
    {
        _latch.Enter();
        bool removed = _waiters.TryRemove(waiter);
        if (removed)
        {
            Interlocked.Decrement(ref _queuing);
        }

        _latch.Exit();
        if (removed)
        {
            _tally.Add(waiter.Since);
        }

        return removed;
    }

    /// <inheritdoc/>
    string[] IWaitSource.WaiterTexts() => Describe.Waiters(ref _latch, ref _waiters);

    private bool AcquireSlow(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        ThreadWaiter waiter = ThreadWaiter.Rent(this, "to acquire");
        WaitOutcome outcome = TryQueue(waiter) ? waiter.Wait(deadline, cancellationToken, ref _spin) : WaitOutcome.Granted;
        waiter.Return();
        return outcome.IsGranted(cancellationToken);
    }

    private ValueTask<bool> AcquireSlowAsync(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        AsyncWaiter waiter = AsyncWaiter.Rent(this, "to acquire");
        ValueTask<bool> task = waiter.Task;
        if (!TryQueue(waiter))
        {
            waiter.Recycle();
            return new ValueTask<bool>(true);
        }

        waiter.Arm(deadline, cancellationToken);
        return task;
    }

    /// <summary>Queues the waiter, unless a unit has become free.</summary>
    /// <returns>Whether it is queued; when not, a unit is the caller's.</returns>
    private bool TryQueue(Waiter waiter)
    {
        _latch.Enter();
        Interlocked.Increment(ref _queuing);
        bool taken = TryAcquire();
        if (taken)
        {
            Interlocked.Decrement(ref _queuing);
        }
        else
        {
            _waiters.Append(waiter);
        }

        _latch.Exit();
        return !taken;
    }

    private void HandOut()
    {
        Waiter? first = null;
        Waiter? last = null;
        _latch.Enter();
        while (!_waiters.IsEmpty && TryAcquire())
        {
            Waiter next = _waiters.TakeFirst()!; // not empty, as just seen
            Interlocked.Decrement(ref _queuing);
            if (last is null)
            {
                first = next;
            }
            else
            {
                last.Next = next;
            }

            last = next;
        }

        _latch.Exit();
        _tally.AddAll(first);

        Waiter.CompleteAll(first, WaitOutcome.Granted);
    }

    private SemaphoreFullException Full(int count, int units) => new(
        $"Release({count}) of {this}: {units} units are free and at most {_limit} may be. Nothing was released. " +
        "Each unit is released once by who acquired it.");
}
