namespace Telar.ContextVars;

/// <summary>What <see cref="ContextVar{T}.Set"/> returns, for any type of value: the way back to the value before.</summary>
/// <remarks>
/// <para>
/// Python: <c>contextvars.Token</c>, and its <c>with</c> statement, which is <c>using</c>: leaving the block resets the variable.
/// </para>
/// <para><b>Thread safety.</b> May be used by any number of threads at once; one of them resets.</para>
/// </remarks>
public abstract class Token : IDisposable
{
    /// <summary>Stands in <see cref="OldValue"/> for a value that was not there.</summary>
    /// <remarks>Python: <c>Token.MISSING</c>.</remarks>
    public static readonly object Missing = new MissingValue();

    private protected Token()
    {
    }

    /// <summary>The variable that was set.</summary>
    /// <remarks>Python: <c>Token.var</c>.</remarks>
    public abstract IContextVar Var { get; }

    /// <summary>Whether the variable had a value before; a default is none.</summary>
    public abstract bool HasOldValue { get; }

    /// <summary>The value before, or <see cref="Missing"/>.</summary>
    /// <remarks>Python: <c>Token.old_value</c>.</remarks>
    public object? OldValue => HasOldValue ? BoxedOldValue : Missing;

    /// <summary>Whether the variable was reset with it.</summary>
    public abstract bool IsUsed { get; }

    private protected abstract object? BoxedOldValue { get; }

    /// <summary>Gives the variable the value it had before; does nothing when that was done already.</summary>
    /// <exception cref="ArgumentException">The set was made in another context than this one. Nothing changed.</exception>
    /// <remarks>Python: <c>Token.__exit__</c>, which a second time is an error.</remarks>
#pragma warning disable CA1816 // No derived type outside this assembly, and none with a finalizer.
    public abstract void Dispose();
#pragma warning restore CA1816

    private sealed class MissingValue
    {
        public override string ToString() => "<Token.Missing>";
    }
}
