namespace Telar.Litmus.Mutants;

// Invariants
//   None holds, on purpose: the two halves of the cache are written one after the other, so a reader may see halves of two writes.

/// <summary>A variable by thread with a cache that all threads share.</summary>
internal sealed class TornVariable
{
    private readonly ThreadLocal<int> _values = new();
    private int _cachedThread;
    private int _cachedValue;

    public void Set(int value)
    {
        _values.Value = value;
        Remember(value);
    }

    public int Get()
    {
        if (Volatile.Read(ref _cachedThread) == Environment.CurrentManagedThreadId)
        {
            return Volatile.Read(ref _cachedValue);
        }

        int value = _values.Value;
        Remember(value);
        return value;
    }

    private void Remember(int value)
    {
        Volatile.Write(ref _cachedValue, value);
        Volatile.Write(ref _cachedThread, Environment.CurrentManagedThreadId);
    }
}
