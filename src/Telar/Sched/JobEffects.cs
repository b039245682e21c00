namespace Telar.Sched;

/// <summary>What a decision made under the lock leads to once the lock is released.</summary>
internal sealed class JobEffects
{
    public List<JobExecution> Cancel { get; } = [];

    public List<JobRun> Report { get; } = [];

    public List<JobExecution> Start { get; } = [];

    /// <summary>The job is over: it has ended, and nothing of it runs or waits.</summary>
    public bool IsOver { get; set; }
}
