namespace Telar.Concurrent.Futures;

/// <summary>When a call that ended with an exception is run again, and after which pause.</summary>
/// <remarks>
/// <para>
/// The pause before the second attempt is <see cref="Delay"/>, each later one <see cref="Backoff"/> times as long as the one before, none
/// longer than <see cref="MaxDelay"/>; of each a random part, at most <see cref="Jitter"/> of it, is left out, so that calls which failed
/// together do not come back together. No worker is held during a pause.
/// </para>
/// <para>Python has no such thing. <b>Thread safety.</b> Immutable: one object may serve any number of calls.</para>
/// </remarks>
/// <example><code>
/// CallOptions patient = new() { Retry = RetryPolicy.On&lt;IOException&gt;(attempts: 5) with { Delay = TimeSpan.FromSeconds(1) } };
/// </code></example>
public sealed record RetryPolicy
{
    /// <summary>Under this key <see cref="Exception.Data"/> of the exception that a call ends with holds the number of attempts, an <see cref="int"/>.</summary>
    public const string AttemptsKey = "Telar.Attempts";

    /// <summary>Makes a policy.</summary>
    /// <param name="attempts">How often a call is run at most, the first time included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is below 1.</exception>
    public RetryPolicy(int attempts) => Attempts = attempts;

    /// <summary>How often a call is run at most, the first time included.</summary>
    /// <value>At least 1, which never repeats.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Attempts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Attempts));
            field = value;
        }
    }

    /// <summary>The pause before the second attempt.</summary>
    /// <value>Default 100 ms; <see cref="TimeSpan.Zero"/> and more.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Delay
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(Delay));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(100);

    /// <summary>By what the pause grows from attempt to attempt.</summary>
    /// <value>Default 2; 1 or more, 1 for pauses of one length.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1, or no number.</exception>
    public double Backoff
    {
        get;
        init
        {
            ThrowUnless(value >= 1 && double.IsFinite(value), value, nameof(Backoff), "A pause grows by a factor of 1 or more.");
            field = value;
        }
    } = 2;

    /// <summary>The longest pause.</summary>
    /// <value>Default one minute; <see cref="TimeSpan.Zero"/> up to 24 days.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or more than 24 days.</exception>
    public TimeSpan MaxDelay
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(MaxDelay));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(24), nameof(MaxDelay));
            field = value;
        }
    } = TimeSpan.FromMinutes(1);

    /// <summary>Which part of each pause is left to chance.</summary>
    /// <value>Default 0.5: a pause has between half and the whole of its length. From 0, no chance, to 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double Jitter
    {
        get;
        init
        {
            ThrowUnless(value is >= 0 and <= 1, value, nameof(Jitter), "A part is a number from 0 to 1.");
            field = value;
        }
    } = 0.5;

    /// <summary>Which exceptions are worth another attempt.</summary>
    /// <value>
    /// Default null: all. It is called in this process, on the thread that ended the attempt, and should be quick; when it throws, the
    /// call ends with an <see cref="AggregateException"/> of both. A call that was cancelled, or whose executor is broken,
    /// is never repeated and not asked about.
    /// </value>
    public Func<Exception, bool>? When { get; init; }

    /// <summary>The clock of the pauses.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TimeProvider TimeProvider
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(TimeProvider));
            field = value;
        }
    } = TimeProvider.System;

    /// <summary>A policy that repeats calls which ended with one type of exception.</summary>
    /// <typeparam name="TException">The type; types that derive from it count too.</typeparam>
    /// <param name="attempts">How often a call is run at most, the first time included; at least 1.</param>
    /// <returns>A policy with the default pauses.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is below 1.</exception>
    public static RetryPolicy On<TException>(int attempts)
        where TException : Exception => new(attempts) { When = static exception => exception is TException };

    /// <summary>The pause after so many failed attempts.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="chance">A random number from 0 to 1.</param>
    internal TimeSpan PauseAfter(int failures, double chance)
    {
        double full = Math.Min(Delay.TotalMilliseconds * Math.Pow(Backoff, failures - 1), MaxDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (1 - (Jitter * chance)));
    }

    /// <summary>Whether an exception is worth another attempt.</summary>
    internal bool Covers(Exception exception) => exception is not BrokenExecutorException && (When is null || When(exception));

    private static void ThrowUnless(bool isGood, double value, string name, string rule)
    {
        if (!isGood)
        {
            throw new ArgumentOutOfRangeException(name, value, rule);
        }
    }
}
