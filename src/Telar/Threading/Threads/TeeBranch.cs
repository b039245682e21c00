using System.Collections;

namespace Telar.Threading.Threads;

/// <summary>One of the sequences that a sequence was split into.</summary>
/// <remarks>Its enumerator is itself: it is gone through once, and over when the enumerator is disposed.</remarks>
internal sealed class TeeBranch<T> : IEnumerable<T>, IEnumerator<T>
{
    private readonly TeeSource<T> _source;
    private TeeNode<T>? _place;
    private T? _current;

    public TeeBranch(TeeSource<T> source, TeeNode<T> first) => (_source, _place) = (source, first);

    public T Current => _current!; // what MoveNext found

    object? IEnumerator.Current => Current;

    public IEnumerator<T> GetEnumerator() => this;

    IEnumerator IEnumerable.GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_place is not { } place)
        {
            return false;
        }

        if (place.Next is null)
        {
            _source.Fill(place);
        }

        if (place.IsEnd)
        {
            Dispose();
            place.Failure?.Throw();
            return false;
        }

        (_current, _place) = (place.Item, place.Next);
        return true;
    }

    public void Reset() => throw new NotSupportedException("A branch of Iterators.ConcurrentTee is gone through once.");

    public void Dispose()
    {
        if (_place is not null)
        {
            (_place, _current) = (null, default);
            _source.Leave();
        }
    }
}
