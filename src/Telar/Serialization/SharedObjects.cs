namespace Telar.Serialization;

/// <summary>The objects of one value that pass as themselves, because sender and receiver are in one process.</summary>
/// <param name="accepts">Whether objects of a type pass as themselves. Such a type must be the same one on both sides.</param>
internal sealed class SharedObjects(Func<Type, bool> accepts)
{
    private readonly List<object> _objects = [];

    internal IReadOnlyList<object> Objects => _objects;

    internal bool Accepts(Type type) => accepts(type);

    /// <summary>Takes an object down and gives its place.</summary>
    internal int Add(object value)
    {
        _objects.Add(value);
        return _objects.Count - 1;
    }
}
