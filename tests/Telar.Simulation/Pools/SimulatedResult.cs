using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

/// <summary>A result as a worker wrote it; the core hands it on, so that a test can tell whose it was.</summary>
internal sealed record SimulatedResult(
    SimulatedWorker Worker, SimulatedCall Call, long Sequence, PoolResultKind Kind, TimeSpan RunTime);
