namespace Telar.ContextVars;

/// <summary>A variable and one value of it. Immutable.</summary>
internal abstract class Binding
{
    /// <summary>The <see cref="IContextVar.Id"/> of the variable, here to be near when a map is searched.</summary>
    public readonly uint Id;

    /// <summary>The variable.</summary>
    public readonly IContextVar Var;

    private protected Binding(IContextVar variable, uint id)
    {
        Var = variable;
        Id = id;
    }

    /// <summary>The value, boxed.</summary>
    public abstract object? Value { get; }

    /// <summary>Passes variable and value, with their type, to a visitor.</summary>
    public abstract TResult Accept<TResult>(IBindingVisitor<TResult> visitor);

    /// <summary>Whether the values are equal; both bindings are of the same variable.</summary>
    public abstract bool HasValueOf(Binding other);
}
