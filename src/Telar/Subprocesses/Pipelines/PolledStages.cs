using Telar.Internal.Waiting;
using Telar.Subprocesses.Exchanges;

namespace Telar.Subprocesses.Pipelines;

/// <summary>Runs the stages of a pipeline to their end in the calling thread alone, on Linux.</summary>
internal static class PolledStages
{
    /// <summary>Runs the stages; when the time is up, the token cancelled, or one fails in this process, stops those that still run.</summary>
    /// <param name="stages">The running stages.</param>
    /// <param name="options">The run of each.</param>
    /// <param name="deadline">How long all of it may take.</param>
    /// <param name="cancellationToken">Stops all stages.</param>
    /// <returns>What became of each. None runs any more.</returns>
    /// <exception cref="OutputLimitException">A stage wrote more than <see cref="PopenOptions.MaxOutput"/>.</exception>
    /// <exception cref="Exception">A stream or function of the user has thrown it.</exception>
    internal static StageEnd[] RunToEnd(
        IReadOnlyList<Popen> stages, RunOptions[] options, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        var exchanges = new List<Exchange>(stages.Count);
        try
        {
            for (int i = 0; i < stages.Count; i++)
            {
                exchanges.Add(stages[i].BeginCommunicating(options[i].Input));
            }

            ExchangeOutcome reason = PollPump.Run([.. exchanges], deadline, cancellationToken);
            ExchangeOutcome[] outcomes = [.. exchanges.Select(OutcomeOf)];
            string[] stopped = Stop(stages, exchanges, options, outcomes, reason);
            return [.. stages.Select((stage, i) => EndOf(stage, exchanges[i], outcomes[i], stopped[i], options[i], cancellationToken))];
        }
        finally
        {
            for (int i = 0; i < exchanges.Count; i++)
            {
                stages[i].EndCommunicating();
            }
        }
    }

    // A stage that has nothing to do with the reason is stopped as by a cancellation: the exception of the pipeline says why.
    private static ExchangeOutcome OutcomeOf(Exchange exchange) =>
        exchange.HasFailed ? ExchangeOutcome.Failed
        : exchange.IsComplete ? ExchangeOutcome.Complete
        : ExchangeOutcome.Canceled;

    // How each that still ran was stopped; an empty clause for the others.
    private static string[] Stop(
        IReadOnlyList<Popen> stages,
        List<Exchange> exchanges,
        RunOptions[] options,
        ExchangeOutcome[] outcomes,
        ExchangeOutcome reason)
    {
        int[] left = [.. Enumerable.Range(0, stages.Count).Where(i => outcomes[i] != ExchangeOutcome.Complete)];
        foreach (int i in left)
        {
            stages[i].NoteStopping(reason == ExchangeOutcome.TimedOut ? reason : outcomes[i]);
        }

        string[] words = Stopping.StopAll([.. left.Select(i => exchanges[i])], [.. left.Select(i => options[i].Stop)]);
        string[] stopped = new string[stages.Count];
        Array.Fill(stopped, "");
        for (int k = 0; k < left.Length; k++)
        {
            stopped[left[k]] = words[k];
        }

        return stopped;
    }

    private static StageEnd EndOf(
        Popen stage,
        Exchange exchange,
        ExchangeOutcome outcome,
        string stopped,
        RunOptions options,
        CancellationToken cancellationToken)
    {
        try
        {
            return new StageEnd(stage.Completed(exchange, outcome, stopped, options, cancellationToken), null);
        }
        catch (SubprocessCanceledException stop)
        {
            return new StageEnd(null, stop);
        }
    }
}
