namespace Telar.Subprocesses.Exchanges;

/// <summary>Why a pump returned.</summary>
internal enum ExchangeOutcome
{
    /// <summary>The child has ended, and its output is read as far as it will be.</summary>
    Complete,

    /// <summary>The time was up first. Nothing is lost: pumping may go on.</summary>
    TimedOut,

    /// <summary>The token was cancelled first. Nothing is lost: pumping may go on.</summary>
    Canceled,

    /// <summary>A sink is full, or code of the user has thrown: <see cref="Exchange.HasFailed"/>.</summary>
    Failed,
}
