namespace Telar.ContextVars;

/// <summary>The binding of a variable of a known type: its value is not boxed.</summary>
internal sealed class Binding<T>(ContextVar<T> variable, uint id, T value) : Binding(variable, id)
{
    public readonly T TypedValue = value;

    public override object? Value => TypedValue;

    public override TResult Accept<TResult>(IBindingVisitor<TResult> visitor) => visitor.Visit(variable, TypedValue);

    public override bool HasValueOf(Binding other) => EqualityComparer<T>.Default.Equals(TypedValue, ((Binding<T>)other).TypedValue);
}
