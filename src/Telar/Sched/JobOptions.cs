namespace Telar.Sched;

/// <summary>How a job runs.</summary>
/// <remarks>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed record JobOptions
{
    /// <summary>The name of the job in messages.</summary>
    /// <value>By default <c>job-1</c> and so on.</value>
    public string? Name { get; init; }

    /// <summary>What to do about runs that were missed.</summary>
    /// <value>By default <see cref="MisfirePolicy.RunOnce"/>.</value>
    public MisfirePolicy Misfire
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw Unknown(value);
    }

    /// <summary>How late a run may start without having been missed.</summary>
    /// <value>Zero or more; by default 1 second. A run that is less late than this always runs.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan MisfireThreshold
    {
        get;
        init => field = NotNegative(value);
    } = TimeSpan.FromSeconds(1);

    /// <summary>What to do when a run is due while an earlier one still runs.</summary>
    /// <value>By default <see cref="OverlapPolicy.Skip"/>.</value>
    public OverlapPolicy Overlap
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw Unknown(value);
    }

    /// <summary>How many runs may wait for an earlier one under <see cref="OverlapPolicy.Queue"/>.</summary>
    /// <value>1 or more; by default 100.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int QueueLimit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 100;

    /// <summary>By how much at most a run starts later than its time, by chance: so that a fleet does not start all at once.</summary>
    /// <value>Zero or more; by default zero. Each run draws its own.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Jitter
    {
        get;
        init => field = NotNegative(value);
    }

    /// <summary>How many past runs <see cref="Job.History"/> keeps.</summary>
    /// <value>Zero or more; by default 100.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int HistoryLimit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 100;

    /// <summary>What runs this job.</summary>
    /// <value>By default the runner of the scheduler.</value>
    public JobRunner? Runner { get; init; }

    internal static JobOptions Default { get; } = new();

    private static TimeSpan NotNegative(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        return value;
    }

    private static ArgumentOutOfRangeException Unknown(Enum value) =>
        new(nameof(value), value, $"{value} is no {value.GetType().Name}.");
}
