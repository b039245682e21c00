namespace Telar.Sched;

/// <summary>Says what became of a run: see <see cref="JobScheduler.RunEnded"/>.</summary>
/// <remarks>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class JobRunEventArgs : EventArgs
{
    internal JobRunEventArgs(Job job, JobRun run)
    {
        Job = job;
        Run = run;
    }

    /// <summary>The job.</summary>
    public Job Job { get; }

    /// <summary>What became of its run.</summary>
    public JobRun Run { get; }
}
