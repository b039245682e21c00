using Telar.Concurrent.Futures.Calls;
using Telar.Serialization;

namespace Telar.Concurrent.Futures;

/// <summary>Something that each worker makes once, when a call first needs it, and keeps for its later calls: a model, a connection.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>
/// <para>
/// Keep it in a <c>static readonly</c> field, or in a variable that calls capture: what travels with a call is the factory, and a worker that
/// has the value already does not use it. A worker that takes the place of another makes its own.
/// </para>
/// <para>
/// There is one value a process. So in a pool of processes there is one a worker; in this process there is one for all threads together,
/// which may use it at the same time (for one a thread see <see cref="ThreadLocal{T}"/>).
/// </para>
/// <para>
/// A value that is disposable is disposed when its process ends in an orderly way (a worker that is not needed any more, or whose pool was
/// shut down; <see cref="Environment.Exit"/>), the last made first. A worker has 5 seconds for that. One that is killed or crashes disposes
/// of nothing.
/// </para>
/// <para>Python: a global that the <c>initializer</c> of the pool sets.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once; the factory runs once.</para>
/// <para><b>Processes.</b> May be captured by a call. Copies of one object stand for the same value.</para>
/// </remarks>
/// <example><code>
/// static readonly WorkerLocal&lt;Model&gt; s_model = new(() => Model.Load("model.bin"));
///
/// float[] scores = [.. pool.Map(text => s_model.Value.Score(text), texts)];
/// </code></example>
public sealed class WorkerLocal<T> : ITelarSendable
{
    private readonly Guid _id = Guid.NewGuid();
    private readonly Func<T> _factory;

    /// <summary>Says how the value is made; makes nothing yet.</summary>
    /// <param name="factory">Runs in the worker, on the thread that asks first. What it captures travels with each call.</param>
    public WorkerLocal(Func<T> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _factory = factory;
    }

    /// <summary>The value of this process; made now if it is the first time.</summary>
    /// <value>The same one every time.</value>
    /// <exception cref="System.Exception">What the factory threw. Nothing was made, and the next use tries again.</exception>
    /// <exception cref="InvalidOperationException">The factory asks for the value that it is to make.</exception>
    public T Value => WorkerState.Get(_id, _factory);

    /// <summary>Whether this process has made the value already.</summary>
    public bool IsValueCreated => WorkerState.Has(_id);
}
