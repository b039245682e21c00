using Telar.Concurrent.Futures.Observing;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

/// <summary>How one call is to be run.</summary>
/// <remarks><b>Thread safety.</b> Immutable: one object may serve any number of calls.</remarks>
public sealed record CallOptions
{
    /// <summary>The options of a call that was given none.</summary>
    internal static CallOptions Default { get; } = new();

    /// <summary>Who watches this one call; null while nobody does.</summary>
    internal CallObservation? Observation { get; init; }

    /// <summary>A name for messages, statistics and <see cref="Future.Name"/>.</summary>
    /// <value>Default: <see langword="null"/>, no name.</value>
    public string? Name { get; init; }

    /// <summary>How long the call may run before it is stopped, counted from its real start and not from its submission.</summary>
    /// <value>Default: <see langword="null"/>, as long as it likes; so does <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, or negative and not infinite.</exception>
    /// <remarks>
    /// The future then ends with <see cref="CallTimeoutException"/>. Like <see cref="Future.CancelRunning"/> it asks through the call's token
    /// first, and a pool of processes replaces the worker after <see cref="Grace"/>.
    /// </remarks>
    public TimeSpan? Timeout
    {
        get;
        init
        {
            Deadline.ThrowIfInvalid(value, nameof(Timeout));
            if (value == TimeSpan.Zero)
            {
                throw new ArgumentOutOfRangeException(nameof(Timeout), value, "A call needs more than no time to run; null sets no limit.");
            }

            field = value;
        }
    }

    /// <summary>How long a running call has to stop by itself, once it was asked to, before it is stopped by force.</summary>
    /// <value>Default: <see langword="null"/>, the executor's own grace.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite.</exception>
    public TimeSpan? Grace
    {
        get;
        init
        {
            Deadline.ThrowIfInvalid(value, nameof(Grace));
            field = value;
        }
    }

    /// <summary>How often the call is run again when its worker died under it.</summary>
    /// <value>Default: 0. Only calls that may safely run twice should be retried. An exception of the call is its result, and no reason.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Retries
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Retries));
            field = value;
        }
    }

    /// <summary>Which calls run first: the higher, the earlier.</summary>
    /// <value>Default: 0. Calls of the same priority run in the order in which they were submitted; one that runs is never set aside.</value>
    public int Priority { get; init; }
}
