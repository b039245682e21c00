namespace Census.Analysis;

using System.Numerics;

/// <summary>Rows of bits, all equally long: sets of small numbers.</summary>
internal sealed class BitRows
{
    private ulong[] _words = [];
    private int _wordsPerRow;

    public void Reset(int rows, int bits)
    {
        _wordsPerRow = (bits + 63) / 64;
        int words = rows * _wordsPerRow;
        Array.Resize(ref _words, Math.Max(_words.Length, words));
        Array.Clear(_words, 0, words);
    }

    public void Clear(int row) => Row(row).Clear();

    public bool Has(int row, int bit) => (Row(row)[bit / 64] & (1UL << bit)) != 0;

    public void Set(int row, int bit) => Row(row)[bit / 64] |= 1UL << bit;

    public void Remove(int row, int bit) => Row(row)[bit / 64] &= ~(1UL << bit);

    public int Count(int row)
    {
        int count = 0;
        foreach (ulong word in Row(row))
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Adds another row to this one.</summary>
    /// <returns>Whether it had something new.</returns>
    public bool Unite(int row, BitRows other, int otherRow)
    {
        Span<ulong> mine = Row(row);
        ReadOnlySpan<ulong> theirs = other.Row(otherRow);
        ulong added = 0;
        for (int i = 0; i < mine.Length; i++)
        {
            added |= theirs[i] & ~mine[i];
            mine[i] |= theirs[i];
        }

        return added != 0;
    }

    private Span<ulong> Row(int row) => _words.AsSpan(row * _wordsPerRow, _wordsPerRow);
}
