namespace Telar.Litmus;

/// <summary>How many samples each race is played for in the ordinary run.</summary>
internal static class Plan
{
    /// <summary>The time limit of a test, in milliseconds: most take a second or two on two idle processors.</summary>
    public const int Limit = 300_000;

    /// <summary>Races that go wrong stop at the first sample that shows it.</summary>
    public const int Mutant = 2_000_000;

    public const int StoreBuffering = 4_000_000;
    public const int StoreBufferingFenced = 8_000_000;
    public const int MessagePassing = 8_000_000;
    public const int LatchExclusion = 8_000_000;
    public const int LockExclusion = 15_000_000;
    public const int FairLockExclusion = 300_000;
    public const int LockTry = 15_000_000;
    public const int LockReleaseOrTry = 8_000_000;
    public const int RLockExclusion = 8_000_000;
    public const int SemaphoreTry = 6_000_000;
    public const int SemaphoreExclusion = 6_000_000;
    public const int SemaphoreReleaseOrTry = 6_000_000;
    public const int EventPublication = 8_000_000;
    public const int ContextVar = 3_000_000;
    public const int EnterOnce = 20_000;
    public const int QueuePutOrTry = 3_000_000;
    public const int QueueGetTheLast = 3_000_000;
    public const int Stream = 2_000_000;

    /// <summary>Each makes a queue, and fills it.</summary>
    public const int PutToGrow = 300_000;

    /// <summary>More threads than many a machine has processors for.</summary>
    public const int StreamOfFour = 200_000;

    /// <summary>Each may put a thread to sleep.</summary>
    public const int Handover = 60_000;

    /// <summary>Each puts threads to sleep.</summary>
    public const int Condition = 3_000;

    /// <summary>Two threads meet twice in each.</summary>
    public const int Barrier = 100_000;

    /// <summary>Each hands a call to a thread that may be asleep, and waits for it.</summary>
    public const int Submit = 60_000;

    /// <summary>Each may start a thread.</summary>
    public const int SubmitToEndingThreads = 15_000;

    public const int SubmitToBeginningThreads = 2_000_000;

    /// <summary>Each makes a future.</summary>
    public const int Start = 1_000_000;

    /// <summary>Each makes a token, and a task.</summary>
    public const int Cancel = 50_000;
}
