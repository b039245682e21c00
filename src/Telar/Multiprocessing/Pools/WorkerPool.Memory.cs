using Telar.Internal.Processes;

namespace Telar.Multiprocessing.Pools;

/// <content>
/// Memory limits. No kernel limit would do: those that a process may set on itself count the address space, of which the runtime reserves far
/// more than it uses. So the pool's thread looks.
/// </content>
internal sealed partial class WorkerPool
{
    // What a worker can take beyond the hard limit is what it allocates in this time.
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_idleLookInterval = TimeSpan.FromSeconds(1);

    private TimeSpan _lookAt = TimeSpan.MaxValue;

    /// <summary>Before the answer of a call is taken in: has its worker grown beyond the soft limit?</summary>
    private bool HasOutgrown(WorkerSlot slot) =>
        _settings.SoftMemoryLimit is { } limit && PrivateMemory.Of(slot.ProcessId) > limit;

    /// <summary>A worker was given a call, or is to be started: from now on it is looked at often.</summary>
    private void LookSoon_NeedsLock()
    {
        if (_settings.HardMemoryLimit is null || _lookAt <= Now + s_lookInterval)
        {
            return;
        }

        _lookAt = Now + s_lookInterval;
        if (_lookAt < _wakeAt && !IsPoolThread)
        {
            _wakeAt = _lookAt;
            Wake();
        }
    }

    /// <summary>Kills the workers that are beyond the hard limit; the call that one runs ends with its death.</summary>
    private void LookAtMemory()
    {
        if (_settings.HardMemoryLimit is not { } limit)
        {
            return;
        }

        List<WorkerSlot> alive = [];
        bool isBusy;
        lock (_gate)
        {
            if (_lookAt > Now)
            {
                return;
            }

            alive.AddRange(_slots.Values.Where(static slot => slot is { Process: not null, StopAt: null, MemoryUsed: null }));
            isBusy = _slots.Values.Any(static slot => slot.Worker is { State: PoolWorkerState.Starting } or { CallCount: > 0 });
            _lookAt = _slots.Count == 0 ? TimeSpan.MaxValue : Now + (isBusy ? s_lookInterval : s_idleLookInterval);
        }

        foreach (WorkerSlot slot in alive)
        {
            long used = PrivateMemory.Of(slot.ProcessId);
            if (used > limit)
            {
                slot.MemoryUsed = used;
                slot.Process?.Child.Signal(SignalNumber.SIGKILL);
            }
        }
    }
}
