using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;

namespace Telar.Simulation.ProcessLocks;

/// <summary>The lock of a condition in the simulation.</summary>
internal readonly struct SimulatedHeldLock(SimulatedWords words) : IHeldLock
{
    private LockProtocol<SimulatedWords> Protocol => new(words);

    public bool IsHeldByCaller => Protocol.IsHeldHere;

    public void Acquire() => RestoreAsync(1, blocks: true).AsTask().GetAwaiter().GetResult();

    public void Release() => Protocol.Release();

    public int ReleaseAll()
    {
        Release();
        return 1;
    }

    public async ValueTask RestoreAsync(int depth, bool blocks) =>
        await words.WaitAsync(Protocol.Acquiring(), blocks, WaitDeadline.Never, CancellationToken.None);
}
