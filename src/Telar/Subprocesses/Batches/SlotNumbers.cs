namespace Telar.Subprocesses;

/// <summary>Numbers from 1 for things that are in use at once; the smallest free one goes out first.</summary>
internal sealed class SlotNumbers
{
    private readonly PriorityQueue<int, int> _free = new();
    private int _highest;

    public int Take() => _free.TryDequeue(out int slot, out _) ? slot : ++_highest;

    public void Return(int slot) => _free.Enqueue(slot, slot);
}
