using System.Diagnostics;

namespace Telar.Queues;

/// <summary>What a debugger shows of a queue when its user opens it.</summary>
internal sealed class QueueDebugView<T>(IQueue<T> queue)
{
    public int MaxSize => queue.MaxSize;

    public bool IsShutDown => queue.IsShutDown;

    public long? UnfinishedCount => (queue as IJoinableQueue<T>)?.UnfinishedCount;

    [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
    public T[] Items => queue is IDebugSnapshot<T> snapshot ? snapshot.Snapshot() : [];
}
