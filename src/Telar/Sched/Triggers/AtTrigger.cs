namespace Telar.Sched;

/// <summary>One time.</summary>
internal sealed class AtTrigger(DateTimeOffset time) : Trigger
{
    public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous) => previous is null ? time : null;

    public override string ToString() => $"at {time:O}";
}
