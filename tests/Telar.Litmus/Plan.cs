namespace Telar.Litmus;

/// <summary>How many samples each race is played for in the ordinary run.</summary>
internal static class Plan
{
    /// <summary>The time limit of a test, in milliseconds: most take a second or two on two idle processors.</summary>
    public const int Limit = 180_000;

    /// <summary>Races that go wrong stop at the first sample that shows it.</summary>
    public const int Mutant = 2_000_000;

    public const int StoreBuffering = 4_000_000;
    public const int StoreBufferingFenced = 10_000_000;
    public const int MessagePassing = 10_000_000;
    public const int LockExclusion = 20_000_000;
    public const int LockTry = 20_000_000;
    public const int LockReleaseOrTry = 10_000_000;
    public const int FairLockExclusion = 500_000;
    public const int RLockExclusion = 10_000_000;
    public const int SemaphoreTry = 10_000_000;
    public const int SemaphoreExclusion = 10_000_000;
    public const int SemaphoreReleaseOrTry = 10_000_000;
    public const int EventPublication = 10_000_000;
    public const int LatchExclusion = 10_000_000;
    public const int ContextVar = 5_000_000;
    public const int EnterOnce = 20_000;

    /// <summary>Each may put a thread to sleep.</summary>
    public const int Handover = 200_000;

    /// <summary>Each makes a token, and a task.</summary>
    public const int Cancel = 50_000;
}
