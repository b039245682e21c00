namespace Telar.ContextVars;

/// <summary>Takes bindings of any type.</summary>
internal interface IBindingVisitor<out TResult>
{
    TResult Visit<T>(ContextVar<T> variable, T value);
}
