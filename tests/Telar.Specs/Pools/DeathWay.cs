namespace Telar.Specs.Pools;

/// <summary>How a worker dies.</summary>
public enum DeathWay
{
    Kill,
    Crash,
    ExitZero,
    ExitThree,
    FailFast,
    ThreadThrows,
}
