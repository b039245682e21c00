namespace Telar.Simulation.Pools;

/// <summary>A call on its way to a worker.</summary>
internal readonly record struct SimulatedFrame(SimulatedCall Call, long Sequence);
