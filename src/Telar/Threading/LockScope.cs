namespace Telar.Threading;

/// <summary>What <see cref="IAcquirable.Enter"/> returns: releases at the end of a <c>using</c> statement.</summary>
/// <remarks>
/// <para>It is a value: a copy that is disposed too releases a second time.</para>
/// <para><b>Thread safety.</b> None of its own; it may be disposed on any thread that may release.</para>
/// </remarks>
public readonly struct LockScope : IDisposable, IEquatable<LockScope>
{
    private readonly IAcquirable? _held;

    internal LockScope(IAcquirable held) => _held = held;

    /// <summary>Releases what was entered. A default value releases nothing.</summary>
    /// <exception cref="SynchronizationLockException">It is not held any more.</exception>
    public void Dispose() => _held?.Release();

    /// <summary>Whether both release the same object.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether they do.</returns>
    public bool Equals(LockScope other) => ReferenceEquals(_held, other._held);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LockScope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _held is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(_held);

    /// <summary>Whether both release the same object.</summary>
    public static bool operator ==(LockScope left, LockScope right) => left.Equals(right);

    /// <summary>Whether they release different objects.</summary>
    public static bool operator !=(LockScope left, LockScope right) => !left.Equals(right);
}
