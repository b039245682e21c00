namespace Telar.Simulation.Pools;

/// <summary>The events to come, the next one first.</summary>
internal sealed class SimulatedEventHeap
{
    private SimulatedEvent[] _items = new SimulatedEvent[64];

    public int Count { get; private set; }

    public void Add(in SimulatedEvent item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        int i = Count++;
        while (i > 0)
        {
            int parent = (i - 1) / 2;
            if (_items[parent].CompareTo(item) <= 0)
            {
                break;
            }

            _items[i] = _items[parent];
            i = parent;
        }

        _items[i] = item;
    }

    public SimulatedEvent Take()
    {
        SimulatedEvent first = _items[0];
        SimulatedEvent last = _items[--Count];
        _items[Count] = default;
        int i = 0;
        while ((2 * i) + 1 < Count)
        {
            int child = (2 * i) + 1;
            if (child + 1 < Count && _items[child + 1].CompareTo(_items[child]) < 0)
            {
                child++;
            }

            if (last.CompareTo(_items[child]) <= 0)
            {
                break;
            }

            _items[i] = _items[child];
            i = child;
        }

        _items[i] = last;
        return first;
    }
}
