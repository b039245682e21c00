namespace Telar.Simulation.Pools;

/// <summary>A property did not hold in a schedule.</summary>
internal sealed class SimulationFailure(string message) : Exception(message);
