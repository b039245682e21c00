using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>The synchronous pump of this system.</summary>
internal static class Pump
{
    /// <summary>Moves an exchange until it is complete, or something prevents that.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it returned.</returns>
    internal static ExchangeOutcome Run(Exchange exchange, WaitDeadline deadline, CancellationToken cancellationToken) =>
        exchange.Child is Internal.Processes.LinuxChildProcess
            ? PollPump.Run([exchange], deadline, cancellationToken)
            : StreamPump.RunAsync(exchange, deadline, cancellationToken).GetAwaiter().GetResult();
}
