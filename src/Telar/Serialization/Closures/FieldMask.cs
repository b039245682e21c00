using System.Numerics;

namespace Telar.Serialization;

/// <summary>An immutable set of a class's fields, by position.</summary>
internal sealed class FieldMask
{
    private const int WordBits = 64;

    private readonly ulong[] _words;

    private FieldMask(ulong[] words) => _words = words;

    /// <summary>The first 64 fields.</summary>
    internal ulong Low => _words.Length > 0 ? _words[0] : 0;

    internal static FieldMask All(int count)
    {
        ulong[] words = new ulong[(count + WordBits - 1) / WordBits];
        for (int i = 0; i < words.Length; i++)
        {
            int left = count - i * WordBits;
            words[i] = left < WordBits ? (1ul << left) - 1 : ulong.MaxValue;
        }

        return new FieldMask(words);
    }

    internal static FieldMask Of(int count, Func<int, bool> contains)
    {
        ulong[] words = new ulong[(count + WordBits - 1) / WordBits];
        for (int i = 0; i < count; i++)
        {
            if (contains(i))
            {
                words[i / WordBits] |= 1ul << i % WordBits;
            }
        }

        return new FieldMask(words);
    }

    internal static FieldMask Read(PayloadReader reader, int count)
    {
        ulong[] words = new ulong[(count + WordBits - 1) / WordBits];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = reader.ReadVar();
        }

        if (count % WordBits != 0 && BitOperations.Log2(words[^1]) >= count % WordBits)
        {
            throw reader.Invalid($"a set of some of {count} fields");
        }

        return new FieldMask(words);
    }

    internal void Write(PayloadWriter writer)
    {
        foreach (ulong word in _words)
        {
            writer.WriteVar(word);
        }
    }

    internal bool Contains(int index) => (_words[index / WordBits] >> index % WordBits & 1) != 0;

    internal bool Covers(FieldMask other)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if ((other._words[i] & ~_words[i]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    internal FieldMask Union(FieldMask other) => Combine(other, static (mine, theirs) => mine | theirs);

    internal FieldMask Except(FieldMask other) => Combine(other, static (mine, theirs) => mine & ~theirs);

    private FieldMask Combine(FieldMask other, Func<ulong, ulong, ulong> combine)
    {
        ulong[] words = new ulong[_words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = combine(_words[i], other._words[i]);
        }

        return new FieldMask(words);
    }
}
