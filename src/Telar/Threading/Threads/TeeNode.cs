using System.Runtime.ExceptionServices;

namespace Telar.Threading.Threads;

/// <summary>A place in a sequence that was split: an item and what follows it, or the end.</summary>
/// <remarks>Whoever stands at a place keeps all that follow alive, and none before.</remarks>
// Invariants
//   I1  Item and Failure are written before Next (or IsEnd) becomes visible by a volatile write, and never change after it.
internal sealed class TeeNode<T>
{
    private volatile TeeNode<T>? _next;

    public TeeNode<T>? Next => _next;

    public T Item { get; private set; } = default!; // read once Next is there

    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>Whether nothing follows. Such a place is its own next.</summary>
    public bool IsEnd => _next == this;

    public void Fill(T item)
    {
        Item = item;
        _next = new TeeNode<T>();
    }

    public void End(ExceptionDispatchInfo? failure)
    {
        Failure = failure;
        _next = this;
    }
}
