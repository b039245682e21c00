namespace Telar.Specs.Executors;

/// <summary>How an executor that the contract is tested on is to be made.</summary>
/// <param name="Workers">How many workers it has.</param>
public sealed record ExecutorKind(int Workers)
{
    /// <summary>Runs in each worker before its first call.</summary>
    public Action? Initializer { get; init; }

    /// <summary>How many calls may be pending.</summary>
    public int? MaxPending { get; init; }
}
