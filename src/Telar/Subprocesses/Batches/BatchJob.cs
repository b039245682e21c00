namespace Telar.Subprocesses;

/// <summary>One command of a batch, as <see cref="BatchCore"/> sees it: numbers, no command. All of it belongs to the core.</summary>
internal class BatchJob
{
    /// <summary>Its place in the list of commands, from 1.</summary>
    public int Seq { get; set; }

    /// <summary>Which of the places for running commands it has, from 1; 0 when it does not run.</summary>
    public int Slot { get; set; }

    /// <summary>How often it was started.</summary>
    public int Attempts { get; set; }

    /// <summary>When its last attempt began, since the start of the batch.</summary>
    public TimeSpan StartedAt { get; set; }

    /// <summary>Why it is being stopped: <see cref="BatchOutcome.TimedOut"/> or <see cref="BatchOutcome.Stopped"/>; null when it is not.</summary>
    public BatchOutcome? StopReason { get; set; }

    /// <summary>How its last attempt ended.</summary>
    public BatchOutcome Outcome { get; set; }
}
