using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

// Locks
//   The lock guards the content, in all processes. It is held for one read or write here, and for as long as he likes by who called Enter.
// Ownership
//   The value owns its memory. The lock is its own or the caller's, who says so by giving one.

/// <summary>A number or struct in shared memory, with a lock.</summary>
/// <typeparam name="T">The type of the value. Pointers in it mean nothing in another process.</typeparam>
/// <remarks>
/// <para>
/// <see cref="Get"/> and <see cref="Set"/> take the lock. What must be one step takes it for longer: <c>using (counter.Enter()) { counter.Ref += 1; }</c>.
/// When a process dies in the middle of that, the next one gets the lock and is told: see <see cref="OwnedLock"/>.
/// </para>
/// <para>Python: <c>multiprocessing.Value</c>, <c>multiprocessing.sharedctypes.Synchronized</c>. Linux only so far.</para>
/// <para><b>Thread safety.</b> All members but <see cref="Ref"/> and <see cref="Dispose"/> may be used by any number of threads and processes at once.</para>
/// <para><b>Processes.</b> Captured by a call, or passed as its argument, it is the same value, with the same lock, in the worker.</para>
/// </remarks>
/// <example><code>
/// using Value&lt;int> counter = new(0);
/// await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pool.SubmitAsync(() =>
/// {
///     using (counter.Enter())
///     {
///         counter.Ref += 1;
///     }
/// })));
/// </code></example>
public sealed class Value<T> : IDisposable, IHandleSendable<Value<T>>
    where T : unmanaged
{
    private readonly RawValue<T> _raw;
    private readonly OwnedLock _lock;
    private readonly bool _ownsLock;

    /// <summary>Makes a value.</summary>
    /// <param name="initial">What it is at first.</param>
    /// <param name="lock">The lock that guards it; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <exception cref="IOException">There is no room. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public Value(T initial = default, OwnedLock? @lock = null)
        : this(new RawValue<T>(initial), @lock)
    {
    }

    internal Value(RawValue<T> raw, OwnedLock? @lock)
    {
        _raw = raw;
        _ownsLock = @lock is null;
        _lock = @lock ?? new RLock();
    }

    /// <summary>The memory that holds the value.</summary>
    public SharedMemory SharedMemory => _raw.SharedMemory;

    /// <summary>The value in place. Hold the lock while you use it, or use <see cref="Interlocked"/> throughout.</summary>
    /// <exception cref="ObjectDisposedException">The value is disposed.</exception>
    /// <remarks>Python: <c>Synchronized.get_obj</c>.</remarks>
    public ref T Ref => ref _raw.Ref;

    /// <summary>Reads the value under the lock.</summary>
    /// <returns>A copy. To change it and write it back is two steps: see <see cref="Enter"/>.</returns>
    /// <exception cref="ObjectDisposedException">The value is disposed.</exception>
    /// <remarks>Python: <c>Synchronized.value</c>; a member of a C# type cannot have the type's name.</remarks>
    public T Get()
    {
        using (_lock.Enter())
        {
            return _raw.Value;
        }
    }

    /// <summary>Writes the value under the lock.</summary>
    /// <param name="value">The new value.</param>
    /// <exception cref="ObjectDisposedException">The value is disposed.</exception>
    /// <remarks>Python: <c>Synchronized.value</c>.</remarks>
    public void Set(T value)
    {
        using (_lock.Enter())
        {
            _raw.Value = value;
        }
    }

    /// <summary>The lock that guards the value.</summary>
    /// <returns>The one it was made with, or its own.</returns>
    /// <remarks>Python: <c>Synchronized.get_lock</c>.</remarks>
    public OwnedLock GetLock() => _lock;

    /// <summary>Takes the lock.</summary>
    /// <param name="timeout">How long to wait; <see langword="null"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What gives the lock back when it is disposed.</returns>
    /// <exception cref="TimeoutException">It was not to be had in time. Nothing was taken.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. Nothing was taken.</exception>
    /// <remarks>Python: <c>with value.get_lock():</c>, <c>with value:</c>.</remarks>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => _lock.Enter(timeout, cancellationToken);

    /// <summary>Stops using the value, and its lock unless that was given to it; the memory goes with its last user.</summary>
    public void Dispose()
    {
        _raw.Dispose();
        if (_ownsLock)
        {
            _lock.Dispose();
        }
    }

    /// <summary>The type and the name of the memory.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => $"Value<{typeof(T).Name}>(name='{SharedMemory.Name}')";

    void IHandleSendable<Value<T>>.WriteHandle(GraphEncoder encoder)
    {
        Slots.Of<RawValue<T>>().Write(encoder, _raw);
        Slots.Of<OwnedLock>().Write(encoder, _lock);
    }

    static Value<T> IHandleSendable<Value<T>>.ReadHandle(GraphDecoder decoder) =>
        new(Slots.Of<RawValue<T>>().Read(decoder), Slots.Of<OwnedLock>().Read(decoder));
}
