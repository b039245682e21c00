namespace Telar.ContextVars;

// The binding made last stands in front of the others: a variable that is set again, as in nested blocks, costs no copy of a node, and
// who looks for it finds it at once.
//
// Invariants
//   I1  Immutable. The default value is the empty map.
//   I2  _rest has no binding of the variable of _front: a value that was replaced is not kept alive.

/// <summary>An immutable map from variables to bindings.</summary>
internal readonly struct ContextMap
{
    private readonly Binding? _front;
    private readonly BindingTrie _rest;

    private ContextMap(Binding? front, in BindingTrie rest)
    {
        _front = front;
        _rest = rest;
    }

    /// <summary>How many variables have a binding.</summary>
    public int Count => _rest.Count + (_front is null ? 0 : 1);

    /// <summary>The binding of a variable.</summary>
    /// <returns><see langword="null"/> when it has none here.</returns>
    public Binding? Find(uint id) => _front is { } front && front.Id == id ? front : _rest.Find(id);

    /// <summary>This map with one binding more, or another one for its variable.</summary>
    public ContextMap With(Binding binding)
    {
        if (_front is not { } front || front.Id == binding.Id)
        {
            return new ContextMap(binding, _front is null ? _rest.Without(binding.Id) : _rest);
        }

        return new ContextMap(binding, _rest.Without(binding.Id).With(front));
    }

    /// <summary>This map without the binding of a variable.</summary>
    public ContextMap Without(uint id) =>
        _front is { } front && front.Id == id ? new ContextMap(null, _rest) : new ContextMap(_front, _rest.Without(id));

    /// <summary>All bindings, in no order that means anything.</summary>
    public IEnumerable<Binding> Bindings() => _front is null ? _rest.Bindings() : _rest.Bindings().Prepend(_front);

    /// <summary>Whether both have equal values for the same variables.</summary>
    public bool HasContentOf(ContextMap other) =>
        Count == other.Count
        && Bindings().All(mine => other.Find(mine.Id) is { } its && (ReferenceEquals(mine, its) || mine.HasValueOf(its)));
}
