using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>The names that one payload has used, by number.</summary>
[StackTraceHidden]
internal sealed class SymbolIndex
{
    private readonly List<object> _symbols = [];
    private Dictionary<object, int>? _index;

    /// <summary>Gives the number of a name that was used before, or -1 and takes it down.</summary>
    internal int FindOrAdd(object symbol)
    {
        const int LinearLimit = 8;
        if (_symbols.Count <= LinearLimit)
        {
            int known = _symbols.IndexOf(symbol);
            if (known < 0)
            {
                _symbols.Add(symbol);
            }

            return known;
        }

        if (_index is null)
        {
            _index = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
            for (int i = 0; i < _symbols.Count; i++)
            {
                _index.Add(_symbols[i], i);
            }
        }

        if (_index.TryGetValue(symbol, out int index))
        {
            return index;
        }

        _index.Add(symbol, _symbols.Count);
        _symbols.Add(symbol);
        return -1;
    }

    internal void Clear()
    {
        _symbols.Clear();
        _index = null;
    }
}
