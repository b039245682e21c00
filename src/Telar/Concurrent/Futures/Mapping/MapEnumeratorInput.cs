using System.Runtime.ExceptionServices;

namespace Telar.Concurrent.Futures.Mapping;

/// <summary>Any sequence: it is asked for one item after the other, and for none before there is room.</summary>
internal sealed class MapEnumeratorInput<T>(IEnumerable<T> source) : MapInput<T>
{
    // A chunk size that somebody set may be larger than the source by far.
    private const int FirstBuffer = 256;

    private readonly IEnumerator<T> _enumerator = source.GetEnumerator();
    private ExceptionDispatchInfo? _error;
    private bool _hasEnded;

    public override long? Total { get; } = source.TryGetNonEnumeratedCount(out int count) ? count : null;

    public override T[] Take(int size)
    {
        _error?.Throw();
        T[] items = new T[_hasEnded ? 0 : Math.Min(size, FirstBuffer)];
        int count = 0;
        try
        {
            while (count < size && !_hasEnded)
            {
                _hasEnded = !_enumerator.MoveNext();
                if (!_hasEnded)
                {
                    if (count == items.Length)
                    {
                        Array.Resize(ref items, (int)Math.Min(size, 2L * count));
                    }

                    items[count] = _enumerator.Current;
                    count++;
                }
            }
        }
        catch (Exception exception) when (count > 0)
        {
            _error = ExceptionDispatchInfo.Capture(exception);
        }

        Array.Resize(ref items, count);
        return items;
    }

    public override void Dispose() => _enumerator.Dispose();
}
