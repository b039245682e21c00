using System.Diagnostics;

namespace Telar.ContextVars;

// Invariants
//   I1  _home is the context the token was made in, until the one exchange that finds it there: the caller of that resets. Nothing else is
//       ever written.

/// <summary>What <see cref="ContextVar{T}.Set"/> returns: the way back to the value before.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// <para>
/// <c>using (variable.Set(value)) { ... }</c> has the value in the block and the one before after it. A token can be used once, for its own
/// variable, in the context it was made in.
/// </para>
/// <para>Python: <c>contextvars.Token</c>.</para>
/// <para><b>Thread safety.</b> May be used by any number of threads at once; one of them resets.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Token<T> : Token
{
    private readonly Binding<T>? _old;
    private Context? _home; // null once it is used

    internal Token(ContextVar<T> variable, Binding<T>? old, Context home)
    {
        Var = variable;
        _old = old;
        _home = home;
    }

    /// <inheritdoc/>
    public override ContextVar<T> Var { get; }

    /// <inheritdoc/>
    public override bool HasOldValue => _old is not null;

    /// <summary>The value before.</summary>
    /// <exception cref="InvalidOperationException">There was none: see <see cref="HasOldValue"/>.</exception>
    /// <remarks>Python: <c>Token.old_value</c>.</remarks>
    public new T OldValue => _old is not null
        ? _old.TypedValue
        : throw new InvalidOperationException($"'{Var.Name}' had no value before it was set. Look at HasOldValue first.");

    /// <inheritdoc/>
    public override bool IsUsed => Volatile.Read(ref _home) is null;

    private protected override object? BoxedOldValue => _old?.Value;

    /// <inheritdoc/>
    public override void Dispose()
    {
        Use();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"Token of '{Var.Name}', before: {(_old is null ? "no value" : _old.Value ?? "null")}{(IsUsed ? ", used" : "")}";

    /// <summary>Resets the variable, when the context is the right one.</summary>
    /// <returns>Whether this call did; <see langword="false"/> when another one had been first.</returns>
    internal bool Use()
    {
        Context? home = Volatile.Read(ref _home);
        FlowState? state = FlowState.Current;
        if (home is not null && !ReferenceEquals(state?.Home, home))
        {
            throw new ArgumentException(
                $"This token of '{Var.Name}' was made in a different Context, and '{Var.Name}' stays as it is. " +
                "Reset where the variable was set: in the same Context.Run, on the same flow of calls.");
        }

        if (Interlocked.Exchange(ref _home, null) is null)
        {
            return false;
        }

        Var.Restore(state!, _old); // Not null: its Home is ours.
        return true;
    }
}
