namespace Telar.Threading;

/// <summary>A semaphore that never has more free units than it was made with: to release once too often is an error.</summary>
/// <remarks>
/// <para>Python: <c>threading.BoundedSemaphore</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public sealed class BoundedSemaphore : Semaphore
{
    /// <summary>Makes a semaphore.</summary>
    /// <param name="value">How many units there are, 0 or more; also the most that may ever be free.</param>
    /// <param name="name">What it is called in messages and dumps; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative.</exception>
    public BoundedSemaphore(int value = 1, string? name = null)
        : base(value, value, name) => InitialValue = value;

    /// <summary>How many units there are when nobody holds one.</summary>
    public int InitialValue { get; }
}
