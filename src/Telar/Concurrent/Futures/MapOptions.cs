using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

/// <summary>How a map takes its items and gives its results.</summary>
/// <remarks><b>Thread safety.</b> Immutable: one object may serve any number of maps.</remarks>
public sealed record MapOptions
{
    /// <summary>The options of a map that was given none.</summary>
    internal static MapOptions Default { get; } = new();

    /// <summary>How many items travel together in one call.</summary>
    /// <value>
    /// Default: <see langword="null"/>, chosen by measuring: one at first, and as many as take a few milliseconds once results show that
    /// single items are short. One where <see cref="Call"/> has a <see cref="CallOptions.Retry"/>, which repeats whole chunks, or a
    /// <see cref="CallOptions.RateLimit"/>, which counts them.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? ChunkSize
    {
        get;
        init
        {
            ThrowIfLessThanOne(value, nameof(ChunkSize));
            field = value;
        }
    }

    /// <summary>How many items may have been read from the source beyond those whose results were taken.</summary>
    /// <value>
    /// Default: <see langword="null"/>: two chunks for each worker, so two items for each worker at first; with chunks of measured size it
    /// grows up to twice the number of results taken. A window that is given never grows.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? Window
    {
        get;
        init
        {
            ThrowIfLessThanOne(value, nameof(Window));
            field = value;
        }
    }

    /// <summary>Whether results come in the order of the items.</summary>
    /// <value>Default: <see langword="true"/>. <see langword="false"/>: as they arrive.</value>
    public bool Ordered { get; init; } = true;

    /// <summary>How long the whole map may take, counted from the call of <c>Map</c>.</summary>
    /// <value>Default: <see langword="null"/>, no limit.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite.</exception>
    /// <remarks>
    /// A result that is not there in time is a <see cref="TimeoutException"/> where it was to be taken, and the map ends. To limit single
    /// calls, so that they are stopped, set <see cref="CallOptions.Timeout"/> in <see cref="Call"/>.
    /// </remarks>
    public TimeSpan? Timeout
    {
        get;
        init
        {
            Deadline.ThrowIfInvalid(value, nameof(Timeout));
            field = value;
        }
    }

    /// <summary>How each call (a chunk of items) is to be run.</summary>
    /// <value>Default: <see langword="null"/>, as any other call.</value>
    public CallOptions? Call { get; init; }

    /// <summary>Is told how far the map has come.</summary>
    /// <value>
    /// Default: <see langword="null"/>, nobody. It is called by whoever takes the results, between two of them: never by two threads at once,
    /// at most about twenty times a second, and a last time at the end.
    /// </value>
    public IProgress<MapProgress>? Progress { get; init; }

    /// <summary>Checks what no property can check alone.</summary>
    /// <exception cref="ArgumentException">A chunk does not fit into the window.</exception>
    internal MapOptions Validated()
    {
        if (ChunkSize > Window)
        {
            throw new ArgumentException(
                $"A chunk of {ChunkSize} items does not fit into a window of {Window}: make ChunkSize smaller or Window larger.",
                nameof(ChunkSize));
        }

        return this;
    }

    private static void ThrowIfLessThanOne(int? value, string name)
    {
        if (value < 1)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is at least 1; null leaves the choice to the map.");
        }
    }
}
