namespace Telar.Multiprocessing.Pools;

/// <summary>What is left to do after an event, once the pool's lock is released.</summary>
internal sealed class PoolBatch
{
    [ThreadStatic]
    private static PoolBatch? t_spare;

    public List<PoolCommand> Commands { get; } = [];

    public List<Internal.Framing.Outbox> Outboxes { get; } = [];

    /// <summary>What calls said about their progress, in order; all of it older than the commands.</summary>
    public List<(WorkerCall Call, double Fraction, string? Message)> Reports { get; } = [];

    /// <summary>Takes this thread's spare batch; a callback that submits within a batch gets another.</summary>
    public static PoolBatch Take()
    {
        PoolBatch batch = t_spare ?? new PoolBatch();
        t_spare = null;
        return batch;
    }

    public void Add(Internal.Framing.Outbox outbox)
    {
        // Nearly always the same worker or two: a search beats a set.
        if (!Outboxes.Contains(outbox))
        {
            Outboxes.Add(outbox);
        }
    }

    public void Return()
    {
        Commands.Clear();
        Outboxes.Clear();
        Reports.Clear();
        t_spare = this;
    }
}
