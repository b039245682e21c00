using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

/// <summary>A call, with the world's own account of what happened to it.</summary>
internal sealed class SimulatedCall : PoolCall
{
    /// <value>How long its body takes, in ticks; <see cref="long.MaxValue"/> if it never returns by itself.</value>
    public required long Duration { get; init; }

    public required bool Throws { get; init; }

    /// <value>Whether its body ignores requests to cancel.</value>
    public required bool Stubborn { get; init; }

    /// <value>Whether the world holds it for queued: submitted, not sent, not ended.</value>
    public bool InQueue { get; set; }

    /// <value>Whether it was ever taken back or run again.</value>
    public bool WasReturned { get; set; }

    public bool HasEnded { get; set; }

    public int BodyStarts { get; set; }

    public int BodyEnds { get; set; }

    /// <value>How many workers died while it was the call that they had started last, without a result.</value>
    public int Guilty { get; set; }

    public int Announcements { get; set; }

    public bool CancelAsked { get; set; }

    public bool CancelIfNotStartedAsked { get; set; }

    /// <value>The process in which its body is, if any.</value>
    public SimulatedWorker? RunsAt { get; set; }

    public override string ToString() => $"call {Id}";
}
