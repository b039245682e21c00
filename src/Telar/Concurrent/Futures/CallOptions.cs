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
    /// first. After <see cref="Grace"/> a pool of processes replaces the worker, and a pool of threads gives the call up and replaces the
    /// thread; an <see cref="InlineExecutor"/> can only wait until the call heeds its token. With <see cref="Retry"/> it limits each attempt.
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
    /// <value>Default: <see langword="null"/>, the executor's own grace. An <see cref="InlineExecutor"/> has no force, and none is needed for it.</value>
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

    /// <summary>How often the call is run again when its worker process died under it: at once, before other calls.</summary>
    /// <value>
    /// Default: 0. Only calls that may safely run twice should be retried. An exception of the call is its result, and no reason; for those
    /// see <see cref="Retry"/>. Executors of this process lose no workers, and do not look at it.
    /// </value>
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

    /// <summary>When the call is run again although it has run: after an exception that the policy names.</summary>
    /// <value>
    /// Default: <see langword="null"/>, never. It works the same on every executor. The call has one future for all attempts: it is running
    /// from the first to the last, ends as the last one did, and its exception tells how many there were
    /// (<see cref="RetryPolicy.AttemptsKey"/>). <see cref="Future.CancelRunning"/> also ends a pause between two attempts.
    /// <see cref="Executor.Shutdown"/> waits for all attempts, but with <c>cancelFutures</c> no further one begins.
    /// A dead worker counts as an exception when <see cref="Retries"/> is used up.
    /// </value>
    public RetryPolicy? Retry { get; init; }

    /// <summary>A limit for how many calls begin in a time, which this call shares with all others that name the same object.</summary>
    /// <value>Default: <see langword="null"/>, no limit. Each attempt takes a permit; until then the call is pending and can be cancelled.</value>
    public RateLimit? RateLimit { get; init; }

    /// <summary>Which calls run first: the higher, the earlier.</summary>
    /// <value>Default: 0. Calls of the same priority run in the order in which they were submitted; one that runs is never set aside.</value>
    public int Priority { get; init; }

    /// <summary>Hears what the call says about its progress (<see cref="TaskContext.Report"/>), in order, and never after its end.</summary>
    /// <value>
    /// Default: <see langword="null"/>, nobody. It is called on the thread of the call, or in a pool of processes on the pool's own thread: while
    /// it blocks, the pool does. What it throws is traced and otherwise ignored. <see cref="Progress{T}"/> passes reports on to other threads,
    /// where they may overtake each other.
    /// </value>
    public IProgress<TaskProgress>? Progress { get; init; }

    /// <summary>Which attempt of a governed call this is, from 1.</summary>
    internal int Attempt { get; init; } = 1;

    /// <summary>Whether something stands between Submit and the executor.</summary>
    internal bool IsGoverned => Retry is not null || RateLimit is not null;
}
