using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

/// <summary>How a <see cref="ThreadPoolExecutor"/> makes and ends its threads.</summary>
/// <remarks>
/// Python: the parameters of <c>concurrent.futures.ThreadPoolExecutor</c>, and Telar's own. <b>Thread safety.</b> Immutable.
/// </remarks>
public record ThreadPoolOptions
{
    private const int MinStackSize = 131072;

    /// <summary>How many threads there are at most, at least 1.</summary>
    /// <value>
    /// Default null: elastic. Up to 4 more than there are processors, and never more than 32, start as calls need them; and more,
    /// up to <see cref="MaxThreads"/>, while calls wait behind calls that block and the processors are idle.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? MaxWorkers
    {
        get;
        init
        {
            if (value is { } count)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(MaxWorkers));
            }

            field = value;
        }
    }

    /// <summary>How far an elastic pool grows; without a meaning when <see cref="MaxWorkers"/> is given.</summary>
    /// <value>Default 512; at least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaxThreads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxThreads));
            field = value;
        }
    } = 512;

    /// <summary>How many calls may wait for a thread. While there are so many, <c>Submit</c> waits, and <c>SubmitAsync</c> awaits.</summary>
    /// <value>
    /// Default null: no limit; at least 1. The caller's token ends the wait, and so does a shutdown, which refuses the call. <c>Map</c>
    /// limits itself and does not count. A call that submits another one to its own pool does not wait, as it might wait for itself.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? MaxPending
    {
        get;
        init
        {
            if (value is { } count)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(MaxPending));
            }

            field = value;
        }
    }

    /// <summary>The name of the executor, and the first part of its threads' names: <c>prefix_0</c>, <c>prefix_1</c>.</summary>
    /// <value>Default null: <c>ThreadPoolExecutor-1</c> and so on.</value>
    public string? ThreadNamePrefix { get; init; }

    /// <summary>Runs on each new thread before its first call.</summary>
    /// <value>
    /// Default null: nothing. If it throws, the pool is broken: pending calls end with <see cref="BrokenThreadPoolException"/>, and
    /// later ones are refused with it.
    /// </value>
    public Action? Initializer { get; init; }

    /// <summary>After which time without a call a thread ends.</summary>
    /// <value>Default 20 s; <see cref="Timeout.InfiniteTimeSpan"/> with the executor, as Python's do.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite.</exception>
    public TimeSpan IdleTimeout
    {
        get;
        init
        {
            Deadline.ThrowIfInvalid(value, nameof(IdleTimeout));
            field = value;
        }
    } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a call that ran into its <see cref="CallOptions.Timeout"/> has to follow its token before it is given up: its future
    /// ends then, its thread counts no more and ends with it.
    /// </summary>
    /// <value>Default 1 s; <see cref="Timeout.InfiniteTimeSpan"/> never gives up. A call's own <see cref="CallOptions.Grace"/> goes first.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite.</exception>
    public TimeSpan CancelGrace
    {
        get;
        init
        {
            Deadline.ThrowIfInvalid(value, nameof(CancelGrace));
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>After which time a pool that runs calls, of which none ends, is taken to hang.</summary>
    /// <value>
    /// Default null: nobody looks. Each such hang is reported once, up to a quarter of the time late; one call that lasts as long while no
    /// other ends looks the same.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? HangTimeout
    {
        get;
        init
        {
            if (value is { } time)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(HangTimeout));
            }

            field = value;
        }
    }

    /// <summary>Takes the report of a hang, on a thread that is there for that; what it throws is reported and harms nobody.</summary>
    /// <value>Default null: the report is written to standard error. It is an event of the provider <c>Telar.Concurrent.Futures</c> besides.</value>
    public Action<ExecutorHang>? OnHang { get; init; }

    /// <summary>The stack of each thread in bytes.</summary>
    /// <value>Default 0: the system's; else at least 131072 (128 KiB), as on a smaller one the pool's own code can end the program.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 0 and below 131072.</exception>
    public int StackSize
    {
        get;
        init
        {
            if (value is not 0 and < MinStackSize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(StackSize), value, $"A stack of {value} bytes is too small: use at least {MinStackSize}, or 0 for the system's default.");
            }

            field = value;
        }
    }

    /// <summary>The priority that the system gives the threads.</summary>
    /// <value>Default <see cref="ThreadPriority.Normal"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of <see cref="ThreadPriority"/>.</exception>
    public ThreadPriority Priority
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(Priority), value, "Use one of the values of ThreadPriority, from Lowest to Highest.");
            }

            field = value;
        }
    } = ThreadPriority.Normal;
}
