namespace Telar.Concurrent.Futures;

/// <summary>The report of a pool whose running calls do not end.</summary>
/// <remarks>
/// It is an observation and no verdict: the pool was not touched, and may go on. Python has <c>faulthandler.dump_traceback_later</c> for a
/// part of it. <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed class ExecutorHang
{
    internal ExecutorHang()
    {
    }

    /// <summary>The name of the executor.</summary>
    public required string Executor { get; init; }

    /// <summary>Calls that run.</summary>
    public required int CallsRunning { get; init; }

    /// <summary>Calls that wait for a worker.</summary>
    public required int CallsPending { get; init; }

    /// <summary>For how long no call has ended, at least.</summary>
    public required TimeSpan Quiet { get; init; }

    /// <summary>What <see cref="Concurrent.Futures.Executor.DumpState"/> of the executor said then.</summary>
    public required string State { get; init; }

    /// <summary>The whole report.</summary>
    /// <returns>Some lines of text for a reader.</returns>
    public override string ToString() =>
        $"Executor '{Executor}' seems to hang: no call has ended for {Phrases.Duration(Quiet)}; {CallsRunning} running, {CallsPending} pending." +
        $"{Environment.NewLine}{State}";
}
