using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

// Invariants
//   I1  What is stored for a collectible key is in _collectible alone, whose entries live no longer than the key: a load context that
//       nobody uses any more is unloaded whatever was asked about its types.
//   I2  Of two threads that make a value for one key, both get the one that was stored.

/// <summary>Remembers what was found out about a type, method or assembly, and does not keep a collectible load context alive by it.</summary>
internal sealed class MemberTable<TKey, TValue>
    where TKey : class
    where TValue : class
{
    // The common case first, and of a shape that the core library has compiled ahead of time: a table of objects.
    private readonly ConcurrentDictionary<TKey, TValue> _usual = new();
    private readonly ConditionalWeakTable<TKey, TValue> _collectible = [];

    internal TValue? Find(TKey key) =>
        _usual.TryGetValue(key, out TValue? value) || IsCollectible(key) && _collectible.TryGetValue(key, out value) ? value : null;

    internal TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (Find(key) is { } known)
        {
            return known;
        }

        // Made outside of the tables: making one may ask for another of the same key.
        TValue value = make(key);
        return IsCollectible(key) ? _collectible.GetOrAdd(key, value) : _usual.GetOrAdd(key, value);
    }

    private static bool IsCollectible(TKey key) => key switch
    {
        MemberInfo member => member.IsCollectible,
        Assembly assembly => assembly.IsCollectible,
        _ => false,
    };
}
