namespace Telar.Concurrent.Futures.Mapping;

/// <summary>An array, which is cut and not enumerated.</summary>
internal sealed class MapArrayInput<T>(T[] array) : MapInput<T>
{
    private int _next;

    public override long? Total => array.Length;

    public override T[] Take(int size)
    {
        T[] items = array.AsSpan(_next, Math.Min(size, array.Length - _next)).ToArray();
        _next += items.Length;
        return items;
    }

    public override void Dispose()
    {
    }
}
