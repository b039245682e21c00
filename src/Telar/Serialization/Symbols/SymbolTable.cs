namespace Telar.Serialization;

// State machine
//   A name is absent, then present for ever.
// Invariants
//   I1  A node never changes after it was published, but for the links of a table that nobody has seen yet.
//   I2  The release write of a bucket or of _buckets in Add pairs with the acquire reads in Find: who sees a node sees its content.
//   I3  A reader that misses a name just added finds it out by resolving it, with an equal result.
// Locks
//   _lock guards Add. It is a leaf.
// Ownership
//   SymbolResolver: one for the application, one for each separate load context.
//
// Not a ConcurrentDictionary: looking one up by a span is code that the core library has not compiled ahead of time, and a worker's
// first call would wait for it.

/// <summary>Finds what a name on the wire was resolved to before.</summary>
internal sealed class SymbolTable(int capacity)
{
    private readonly Lock _lock = new();
    private Node?[] _buckets = new Node?[64];
    private int _count;

    internal object? Find(ReadOnlySpan<byte> name, bool method)
    {
        uint hash = Hash(name);
        Node?[] buckets = Volatile.Read(ref _buckets);
        for (Node? node = Volatile.Read(ref buckets[hash & (uint)(buckets.Length - 1)]); node is not null; node = node.Next)
        {
            if (node.Hash == hash && node.Symbol is MethodSymbol == method && name.SequenceEqual(node.Name))
            {
                return node.Symbol;
            }
        }

        return null;
    }

    internal void Add(byte[] name, object symbol)
    {
        lock (_lock)
        {
            // What a hostile sender can make the table hold has an end; further names are resolved each time.
            if (_count == capacity || Find(name, symbol is MethodSymbol) is not null)
            {
                return;
            }

            if (_count >= _buckets.Length)
            {
                Grow_NeedsLock();
            }

            uint hash = Hash(name);
            ref Node? bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
            Volatile.Write(ref bucket, new Node(hash, name, symbol) { Next = bucket });
            _count++;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        // FNV-1a. Names are short, and what differs between two of them is a token at the end.
        uint hash = 2166136261;
        foreach (byte b in name)
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash;
    }

    private void Grow_NeedsLock()
    {
        var larger = new Node?[_buckets.Length * 2];
        foreach (Node? first in _buckets)
        {
            for (Node? node = first; node is not null; node = node.Next)
            {
                ref Node? bucket = ref larger[node.Hash & (uint)(larger.Length - 1)];
                bucket = new Node(node.Hash, node.Name, node.Symbol) { Next = bucket };
            }
        }

        Volatile.Write(ref _buckets, larger);
    }

    private sealed class Node(uint hash, byte[] name, object symbol)
    {
        internal uint Hash { get; } = hash;

        internal byte[] Name { get; } = name;

        internal object Symbol { get; } = symbol;

        internal Node? Next { get; init; }
    }
}
