using System.Runtime.ExceptionServices;

namespace Telar.Threading.Threads;

/// <summary>The one enumerator behind several branches.</summary>
// Locks
//   _gate guards the enumerator, whose own code runs under it: a branch that needs an item waits while another gets it. Branches that
//   are behind do not take it. A source that goes through its own branches while it makes an item is refused.
internal sealed class TeeSource<T>
{
    private readonly System.Threading.Lock _gate = new();
    private IEnumerable<T>? _items;
    private IEnumerator<T>? _source;
    private int _branches;
    private bool _isMoving;
    private bool _isOver;

    public TeeSource(IEnumerable<T> items, int branches) => (_items, _branches) = (items, branches);

    /// <summary>Gets the item of a place that has none yet.</summary>
    public void Fill(TeeNode<T> place)
    {
        lock (_gate)
        {
            if (place.Next is not null)
            {
                return;
            }

            if (_isMoving)
            {
                throw new InvalidOperationException("The source of Iterators.ConcurrentTee went through one of its own branches while it was making an item.");
            }

            ExceptionDispatchInfo? failure = null;
            _isMoving = true;
            try
            {
                _source ??= _items?.GetEnumerator();
                if (!_isOver && _source is not null && _source.MoveNext())
                {
                    place.Fill(_source.Current);
                    return;
                }
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                _isMoving = false;
            }

            place.End(failure);
            LetGo_NeedsLock();
        }
    }

    /// <summary>A branch is not used any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_branches == 0 && !_isMoving)
            {
                LetGo_NeedsLock();
            }
        }
    }

    private void LetGo_NeedsLock()
    {
        IEnumerator<T>? source = _source;
        (_source, _items, _isOver) = (null, null, true);
        source?.Dispose();
    }
}
