using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// Invariants
//   I1  _owner is the thread that holds _lock, or null. It is written only by that thread, after it has acquired _lock and before it
//       releases it. A thread that compares it with itself therefore reads the truth without a fence: no other thread writes either value.
//   I2  _depth belongs to the owner: 1 or more while _owner is set.
// Locks
//   _lock is the lock itself. It is held while user code runs: that is its purpose.
// Ownership
//   The owner is a thread object and no number: numbers are given to new threads when a thread has died.

/// <summary>A lock that its thread may acquire again: it is free when it has been released as often.</summary>
/// <remarks>
/// <para>
/// Taking a free lock and releasing it is one atomic operation each; to re-enter is none. There is no async twin: a thread owns this
/// lock, and after an <see langword="await"/> the code goes on on any thread. Use a <see cref="Lock"/> there.
/// </para>
/// <para>
/// Python: <c>threading.RLock</c>. A thread that ends while it holds the lock leaves it locked for ever, as in Python.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(WaitDebugView))]
public sealed class RLock : IAcquirable, ITrackedLock, IWaitSource, IConditionLock
{
    private readonly Lock _lock;
    private System.Threading.Thread? _owner;
    private int _depth;

    /// <summary>Makes a lock that nobody holds.</summary>
    /// <param name="fairness">Who gets it when several wait.</param>
    /// <param name="name">What it is called in messages and dumps; <see langword="null"/> for none.</param>
    public RLock(LockFairness fairness = LockFairness.Fast, string? name = null)
    {
        Name = name;
        _lock = new Lock(this, fairness);
    }

    /// <summary>What it is called in messages and dumps.</summary>
    /// <value><see langword="null"/> when it was given no name.</value>
    public string? Name { get; }

    /// <summary>Who gets it when several wait.</summary>
    public LockFairness Fairness => _lock.Fairness;

    /// <inheritdoc/>
    public bool IsLocked => _lock.IsLocked;

    /// <summary>Whether the calling thread holds it.</summary>
    public bool IsHeldByCurrentThread => _owner == System.Threading.Thread.CurrentThread;

    /// <summary>How often the calling thread has to release it until it is free; 0 when another thread holds it, or nobody.</summary>
    internal int RecursionCount => IsHeldByCurrentThread ? _depth : 0;

    /// <summary>How often it was taken, and how much it was waited for.</summary>
    public LockStatistics Statistics => _lock.Statistics;

    /// <inheritdoc/>
    LockHolding? ITrackedLock.Holding { get; set; }

    /// <inheritdoc/>
    string IWaitSource.HolderText => Volatile.Read(ref _owner) is { } owner ? Describe.Thread(owner) : "nobody";

    /// <inheritdoc/>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (TryAcquire())
        {
            return true;
        }

        if (timeout == TimeSpan.Zero || !_lock.AcquireSlow(WaitDeadline.After(timeout), cancellationToken))
        {
            return false;
        }

        Own(depth: 1);
        return true;
    }

    /// <inheritdoc/>
    public bool TryAcquire()
    {
        System.Threading.Thread me = System.Threading.Thread.CurrentThread;
        if (_owner == me)
        {
            _depth = checked(_depth + 1);
            return true;
        }

        if (!_lock.TryAcquire())
        {
            return false;
        }

        _owner = me;
        _depth = 1;
        return true;
    }

    /// <summary>Undoes one acquisition. The last one makes the lock free.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not hold it. Nothing changed.</exception>
    /// <remarks>Python: <c>RLock.release</c>.</remarks>
    public void Release()
    {
        if (_owner != System.Threading.Thread.CurrentThread)
        {
            throw NotOwned();
        }

        if (--_depth == 0)
        {
            _owner = null;
            _lock.Release();
        }
    }

    /// <inheritdoc/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Acquire(timeout, cancellationToken) ? new LockScope(this) : throw Describe.NotInTime(this, timeout);

    /// <summary>Its name, state and owner, for a reader.</summary>
    /// <returns>As in <c>RLock 'orders' (held 2 deep by thread 'main' (1), 3 waiting)</c>.</returns>
    public override string ToString() => Describe.Primitive(this, Name, StateText(), _lock.Statistics.WaitingCount);

    /// <inheritdoc/>
    string[] IWaitSource.WaiterTexts() => ((IWaitSource)_lock).WaiterTexts();

    /// <inheritdoc/>
    Lock IConditionLock.Core => _lock;

    /// <inheritdoc/>
    bool IConditionLock.IsHeldByCaller => IsHeldByCurrentThread;

    /// <inheritdoc/>
    int IConditionLock.ReleaseAll()
    {
        int depth = _depth;
        _depth = 0;
        _owner = null;
        _lock.Release();
        return depth;
    }

    /// <inheritdoc/>
    void IConditionLock.Restore(int depth, bool hasCore)
    {
        if (!hasCore)
        {
            _lock.Acquire();
        }

        Own(depth);
    }

    private void Own(int depth)
    {
        _owner = System.Threading.Thread.CurrentThread;
        _depth = depth;
    }

    private string StateText()
    {
        System.Threading.Thread? owner = Volatile.Read(ref _owner);
        return owner is null
            ? "unlocked"
            : string.Create(CultureInfo.InvariantCulture, $"held {_depth} deep by {Describe.Thread(owner)}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SynchronizationLockException NotOwned() => new(
        IsLocked
            ? $"Release of {this} by {Describe.Thread(System.Threading.Thread.CurrentThread)}: only the thread that acquired it may release it."
            : $"Release of {this}: nobody holds it, so there is nothing to release. Each Release follows one Acquire that returned true.");
}
