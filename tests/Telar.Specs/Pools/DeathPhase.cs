namespace Telar.Specs.Pools;

/// <summary>What a worker is doing when it dies.</summary>
public enum DeathPhase
{
    Initializing,
    Idle,
    Decoding,
    Running,
    Encoding,
    AfterTheResult,
    ShuttingDown,
}
