using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Telar.ContextVars;

// What is entered, and how a change gets here: Context.Running.cs.

/// <summary>Values of context variables: a set of them to run code with, or a copy of the ones that hold here.</summary>
/// <remarks>
/// <para>
/// A context is a dictionary whose keys are variables. It has the variables that were <i>set</i>: the default of a variable stands in no
/// context. Code that runs in it (<see cref="Run{TResult}(Func{TResult})"/>) sees its values, and what this code sets stays in it.
/// </para>
/// <para>
/// Contexts are equal when they have the same variables with equal values. That changes when they run, so a context cannot be a key:
/// <see cref="GetHashCode"/> throws. The operators <c>==</c> and <c>!=</c> compare references, as for any class.
/// </para>
/// <para>
/// Python: <c>contextvars.Context</c>. How it goes together with <see cref="ExecutionContext"/> and <see cref="AsyncLocal{T}"/> is told in
/// docs/design/contextvars.md.
/// </para>
/// <para>
/// <b>Thread safety.</b> All members may be used by any number of threads at once. It can be entered by one at a time. Reading is a
/// snapshot: an enumeration is not disturbed by a change.
/// </para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
#pragma warning disable CA1710 // Python's word; it is a place to run in first, and a dictionary second.
public sealed partial class Context : IReadOnlyDictionary<IContextVar, object?>, IEquatable<Context>
#pragma warning restore CA1710
{
    /// <summary>Makes a context without any value.</summary>
    /// <remarks>Python: <c>Context()</c>.</remarks>
    public Context()
        : this(default(ContextMap))
    {
    }

    private Context(in ContextMap values) => _state = new FlowState(this, values);

    /// <summary>How many variables have a value in it.</summary>
    /// <remarks>Python: <c>len(context)</c>.</remarks>
    public int Count => Values.Count;

    /// <summary>The variables that have a value in it, in no particular order.</summary>
    /// <remarks>Python: <c>Context.keys</c>.</remarks>
    public IEnumerable<IContextVar> Keys => Values.Bindings().Select(binding => binding.Var);

    /// <summary>The values, in the order of <see cref="Keys"/>.</summary>
    /// <remarks>Python: <c>Context.values</c>.</remarks>
    IEnumerable<object?> IReadOnlyDictionary<IContextVar, object?>.Values => Values.Bindings().Select(binding => binding.Value);

    /// <summary>The value of a variable.</summary>
    /// <param name="key">The variable. Its default is not asked.</param>
    /// <exception cref="LookupException">It has no value in this context.</exception>
    /// <remarks>Python: <c>context[var]</c>.</remarks>
    public object? this[IContextVar key] => (Find(key) ?? throw NotFound(key)).Value;

    /// <summary>Makes a context with the values that hold here and now.</summary>
    /// <returns>A context of its own. What is set later, here or in it, does not show in the other one.</returns>
    /// <remarks>
    /// <para>It costs the same for any number of values: nothing is copied until something changes.</para>
    /// <para>Python: <c>contextvars.copy_context</c>.</para>
    /// </remarks>
    public static Context CopyCurrent() => new(FlowState.Current?.Values ?? default);

    /// <summary>Makes a context with the same values.</summary>
    /// <returns>A context of its own, which is not entered even when this one is.</returns>
    /// <remarks>
    /// <para>It costs the same for any number of values.</para>
    /// <para>Python: <c>Context.copy</c>.</para>
    /// </remarks>
    public Context Copy() => new(Values);

    /// <summary>Whether a variable has a value in it. A default is no value.</summary>
    /// <param name="key">The variable.</param>
    /// <returns>Whether it was set here.</returns>
    /// <remarks>Python: <c>var in context</c>.</remarks>
    public bool ContainsKey(IContextVar key) => Find(key) is not null;

    /// <summary>Looks for the value of a variable.</summary>
    /// <param name="key">The variable. Its default is not asked.</param>
    /// <param name="value">The value, or <see langword="null"/>.</param>
    /// <returns>Whether it has a value in this context.</returns>
    public bool TryGetValue(IContextVar key, out object? value)
    {
        Binding? binding = Find(key);
        value = binding?.Value;
        return binding is not null;
    }

    /// <summary>Looks for the value of a variable.</summary>
    /// <param name="variable">The variable. Its default is not asked.</param>
    /// <param name="value">The value, or the default value of the type.</param>
    /// <returns>Whether it has a value in this context.</returns>
    public bool TryGet<T>(ContextVar<T> variable, [MaybeNullWhen(false)] out T value)
    {
        if (Find(variable) is Binding<T> binding)
        {
            value = binding.TypedValue;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The value of a variable.</summary>
    /// <param name="variable">The variable. Its default is not asked.</param>
    /// <returns>Its value in this context.</returns>
    /// <exception cref="LookupException">It has no value in this context.</exception>
    /// <remarks>Python: <c>context[var]</c>.</remarks>
    public T Get<T>(ContextVar<T> variable) => TryGet(variable, out T? value) ? value : throw NotFound(variable);

    /// <summary>The value of a variable, or another one.</summary>
    /// <param name="variable">The variable. Its own default is not asked.</param>
    /// <param name="defaultValue">What to return when it has no value in this context.</param>
    /// <returns>The value, or <paramref name="defaultValue"/>.</returns>
    /// <remarks>Python: <c>Context.get</c>.</remarks>
    public T Get<T>(ContextVar<T> variable, T defaultValue) => TryGet(variable, out T? value) ? value : defaultValue;

    /// <summary>The variables with their values, in no particular order.</summary>
    /// <returns>An enumerator over what the context has now.</returns>
    /// <remarks>Python: <c>Context.items</c>; <c>iter(context)</c> is <see cref="Keys"/>.</remarks>
    public IEnumerator<KeyValuePair<IContextVar, object?>> GetEnumerator() =>
        Values.Bindings().Select(binding => KeyValuePair.Create(binding.Var, binding.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether both have the same variables with equal values.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether they have.</returns>
    /// <remarks>Python: <c>==</c> of two contexts.</remarks>
    public bool Equals([NotNullWhen(true)] Context? other) => other is not null && Values.HasContentOf(other.Values);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as Context);

    /// <summary>Throws: contexts are compared by content, which changes.</summary>
    /// <returns>Never.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    /// <remarks>Python: contexts are unhashable.</remarks>
    public override int GetHashCode() => throw new NotSupportedException(
        "A Context cannot be a key: it is compared by content, which changes. Use ReferenceEqualityComparer.Instance to tell contexts apart.");

    /// <inheritdoc/>
    public override string ToString() => $"Context with {Count} values{(IsEntered ? ", entered" : "")}";

    private Binding? Find(IContextVar variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return Values.Find(variable.Id);
    }

    private static LookupException NotFound(IContextVar variable) =>
        new(variable, $"'{variable.Name}' was not set in this context. A context has no defaults: use TryGet, or Get with a default.");
}
