using System.Diagnostics;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// How it is taken and released, with its invariants: Lock.Waiting.cs.

/// <summary>A lock that no thread owns: whoever gets hold of it may release it, on any thread.</summary>
/// <remarks>
/// <para>
/// Taking a free lock and releasing it is one atomic operation each and allocates nothing. Threads and awaits wait in one queue.
/// It is not re-entrant: who acquires it twice waits for itself (<see cref="RLock"/> is re-entrant).
/// </para>
/// <para>
/// Python: <c>threading.Lock</c>, <c>_thread.allocate_lock</c>. Do not write <c>lock (x)</c> with it: the statement would take the monitor
/// of the object. Write <c>using (x.Enter())</c>. <see cref="System.Threading.Thread.Interrupt"/> does not end a wait, a
/// <see cref="CancellationToken"/> does.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(WaitDebugView))]
public sealed partial class Lock : IAsyncAcquirable, IWaitOwner, ITrackedLock, IWaitSource, IConditionLock
{
    /// <summary>Makes a lock that nobody holds.</summary>
    /// <param name="fairness">Who gets it when several wait.</param>
    /// <param name="name">What it is called in messages and dumps; <see langword="null"/> for none.</param>
    public Lock(LockFairness fairness = LockFairness.Fast, string? name = null)
    {
        if (fairness is not (LockFairness.Fast or LockFairness.Fair))
        {
            throw new ArgumentOutOfRangeException(nameof(fairness), fairness, "A lock is Fast or Fair.");
        }

        _isFair = fairness == LockFairness.Fair;
        _subject = this;
        Name = name;
    }

    /// <summary>The lock inside of another primitive, which messages then speak of.</summary>
    internal Lock(ITrackedLock subject, LockFairness fairness)
        : this(fairness)
    {
        _subject = subject;
        Name = subject.Name;
    }

    /// <summary>What it is called in messages and dumps.</summary>
    /// <value><see langword="null"/> when it was given no name.</value>
    public string? Name { get; }

    /// <summary>Who gets it when several wait.</summary>
    public LockFairness Fairness => _isFair ? LockFairness.Fair : LockFairness.Fast;

    /// <inheritdoc/>
    public bool IsLocked => (Volatile.Read(ref _state) & Held) != 0;

    /// <summary>How often it was taken, and how much it was waited for.</summary>
    /// <remarks>Counting costs nothing that can be measured: acquisitions are counted by who holds the lock, waits by who waits.</remarks>
    public LockStatistics Statistics
    {
        get
        {
            int waiting = _waiters.Count;
            return new(Volatile.Read(ref _acquisitions), _tally.Waits + waiting, waiting, _tally.Total, _tally.Longest);
        }
    }

    /// <inheritdoc/>
    LockHolding? ITrackedLock.Holding { get; set; }

    /// <inheritdoc/>
    string IWaitSource.HolderText => Describe.Holder(this, IsLocked);

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
            : TryTakeForAwait() ? new ValueTask<bool>(true)
            : timeout == TimeSpan.Zero ? new ValueTask<bool>(false)
            : AcquireSlowAsync(WaitDeadline.After(timeout), cancellationToken);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAcquire()
    {
        if (Interlocked.CompareExchange(ref _state, Held, 0) != 0 && !TryBarge())
        {
            return false;
        }

        OnAcquired();
        return true;
    }

    /// <inheritdoc/>
    public void Release()
    {
        if (LockTracking.IsOn)
        {
            LockTracking.Released(_subject);
        }

        if (Interlocked.CompareExchange(ref _state, 0, Held) != Held)
        {
            ReleaseSlow();
        }
    }

    /// <inheritdoc/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Acquire(timeout, cancellationToken) ? new LockScope(this) : throw Describe.NotInTime(this, timeout);

    /// <inheritdoc/>
    public ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        EnterScope.WhenAsync(AcquireAsync(timeout, cancellationToken), this, timeout);

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Lock 'orders' (locked, 2 waiting)</c>.</returns>
    public override string ToString() => _subject == this
        ? Describe.Primitive(this, Name, IsLocked ? "locked" : "unlocked", _waiters.Count)
        : _subject.ToString()!; // every type that has a lock inside has a text

    /// <inheritdoc/>
    Lock IConditionLock.Core => this;

    /// <inheritdoc/>
    bool IConditionLock.IsHeldByCaller => IsLocked;

    /// <inheritdoc/>
    int IConditionLock.ReleaseAll()
    {
        Release();
        return 1;
    }

    /// <inheritdoc/>
    void IConditionLock.Restore(int depth, bool hasCore)
    {
        if (!hasCore)
        {
            Acquire();
        }
    }
}
