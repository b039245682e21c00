using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Telar.Queues;
using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

/// <summary>A queue through which interpreters pass values to each other, first in, first out.</summary>
/// <remarks>
/// <para>
/// Captured by a call, or passed as its argument, it is the same queue in every interpreter. An item is copied when it is put, and made anew as
/// the getter's own type when it is got; what <see cref="Interpreter.IsShareable"/> names passes as itself. So putting an item that cannot
/// cross is refused by <see cref="Put"/>, and changes made to it after the put are not seen by the one who gets it.
/// </para>
/// <para>Python: <c>concurrent.interpreters.Queue</c>, which has no shutdown.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
/// <example><code>
/// using Interpreter interpreter = Interpreter.Create();
/// InterpreterQueue&lt;string> queue = Interpreter.CreateQueue&lt;string>();
/// interpreter.Call(() => queue.Put("hello"));
/// string hello = queue.Get();
/// </code></example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class InterpreterQueue<T> : IQueue<T>, IInterpreterQueue, ITelarSendable
{
    // The only field: the queue crosses field by field, and the core passes as itself.
    private readonly InterpreterQueueCore _core;

    internal InterpreterQueue(int maxSize, UnboundPolicy unboundPolicy)
    {
        if (!Enum.IsDefined(unboundPolicy))
        {
            throw new ArgumentOutOfRangeException(nameof(unboundPolicy), unboundPolicy, "It is not one of the named policies.");
        }

        _core = new InterpreterQueueCore(maxSize, unboundPolicy);
    }

    /// <summary>The number of the queue, the same in every interpreter of the process.</summary>
    /// <remarks>Python: <c>Queue.id</c>.</remarks>
    public long Id => _core.Id;

    /// <summary>What becomes of items whose interpreter is closed.</summary>
    /// <remarks>Python: <c>Queue.unbounditems</c>.</remarks>
    public UnboundPolicy UnboundPolicy => _core.Policy;

    /// <inheritdoc/>
    public int Count => _core.Count;

    /// <inheritdoc/>
    public bool IsEmpty => _core.IsEmpty;

    /// <inheritdoc/>
    public bool IsFull => _core.IsFull;

    /// <inheritdoc/>
    public int MaxSize => _core.MaxSize;

    /// <inheritdoc/>
    public bool IsShutDown => _core.IsShutDown;

    /// <inheritdoc/>
    /// <exception cref="NotShareableException">The item holds something that cannot cross. It was not put.</exception>
    public void Put(T item, TimeSpan? timeout = null, CancellationToken cancellationToken = default) => _core.Put(Pack(item), timeout, cancellationToken);

    /// <inheritdoc cref="Put"/>
    public ValueTask PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _core.PutAsync(Pack(item), timeout, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="NotShareableException">The item holds something that cannot cross. It was not put.</exception>
    public void PutNoWait(T item) => _core.PutNoWait(Pack(item));

    /// <inheritdoc/>
    /// <exception cref="NotShareableException">The item holds something that cannot cross. It was not put.</exception>
    public bool TryPut(T item) => _core.TryPut(Pack(item));

    /// <inheritdoc/>
    /// <exception cref="ItemInterpreterDestroyedException">The interpreter of the item is closed, and the policy is <see cref="UnboundPolicy.Raise"/>.</exception>
    /// <exception cref="InterpreterException">The getter's interpreter does not have the item's type. The item is gone.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => Open(_core.Get(timeout, cancellationToken));

    /// <inheritdoc cref="Get"/>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Open(await _core.GetAsync(timeout, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    /// <inheritdoc cref="Get" path="/exception[@cref='T:Telar.Concurrent.Interpreters.ItemInterpreterDestroyedException']"/>
    public T GetNoWait() => Open(_core.GetNoWait());

    /// <inheritdoc/>
    /// <inheritdoc cref="Get" path="/exception[@cref='T:Telar.Concurrent.Interpreters.ItemInterpreterDestroyedException']"/>
    public bool TryGet([MaybeNullWhen(false)] out T item)
    {
        if (!_core.TryGet(out QueuedParcel found))
        {
            item = default;
            return false;
        }

        item = Open(found);
        return true;
    }

    /// <inheritdoc/>
    public IEnumerable<T> ReadAll(CancellationToken cancellationToken = default) => _core.ReadAll(cancellationToken).Select(Open);

    /// <inheritdoc/>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (QueuedParcel item in _core.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return Open(item);
        }
    }

    /// <inheritdoc/>
    public void Shutdown(bool immediate = false)
    {
        if (immediate)
        {
            _core.ShutdownNow();
        }
        else
        {
            _core.Shutdown();
        }
    }

    /// <summary>Ends the queue at once, for every interpreter: <see cref="Shutdown"/> with <c>immediate: true</c>.</summary>
    public void Dispose() => _core.ShutdownNow();

    /// <summary>Whether two objects are the same queue; in each interpreter there may be several for one.</summary>
    /// <param name="obj">The other object.</param>
    /// <returns>Whether it is this queue.</returns>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is InterpreterQueue<T> other && other._core == _core;

    /// <summary>A number that is the same for all objects of one queue.</summary>
    /// <returns>A number made from <see cref="Id"/>.</returns>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The number of the queue, how many items of how many, and whether it is shut down.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => _core.ToString();

    private static QueuedParcel Pack(T item) => new(Parcel.Pack(item), Interpreter.Current.Life);

    private T Open(QueuedParcel item) => _core.Policy switch
    {
        UnboundPolicy.Replace when item.Putter.HasEnded => default!, // as the policy's documentation says
        UnboundPolicy.Raise when item.Putter.HasEnded => throw new ItemInterpreterDestroyedException(item.Putter.Id, ToString()),
        _ => item.Parcel.Open<T>(Interpreter.Current),
    };
}
