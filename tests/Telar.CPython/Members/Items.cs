namespace Telar.CPython.Members;

/// <summary>A sequence of ours as an iterator of Python: it begins with the first step.</summary>
internal sealed class Items(IEnumerable<object> sequence)
{
    private IEnumerator<object>? _enumerator;

    /// <summary>The next item in an array, which is empty at the end.</summary>
    public object[] Next()
    {
        _enumerator ??= sequence.GetEnumerator();
        return _enumerator.MoveNext() ? [_enumerator.Current] : [];
    }

    /// <summary>What closing does to a generator of Python: nothing before its first step.</summary>
    public void Close() => _enumerator?.Dispose();
}
