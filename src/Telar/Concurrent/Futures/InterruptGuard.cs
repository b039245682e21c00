using System.Runtime.InteropServices;
using Telar.Multiprocessing.Pools;

namespace Telar.Concurrent.Futures;

/// <summary>Ctrl-C for pools: the first cancels what they run, the second kills their workers and ends the process.</summary>
// State machine
//
//   quiet --SIGINT, some pool has open calls: cancel them all, keep the process--> warned
//   warned --SIGINT, calls still open: kill the workers, let the signal end the process--> quiet
//   warned --SIGINT, no calls open--> quiet, the signal does what it always does
//
// Invariants
//   I1  The process-wide registration exists exactly while some pool is watched.
// Locks
//   s_gate guards the statics; pools are called outside it.
internal sealed class InterruptGuard : IDisposable
{
    private static readonly Lock s_gate = new();
    private static readonly List<InterruptGuard> s_watched = [];
    private static PosixSignalRegistration? s_registration;
    private static bool s_warned;

    private readonly WorkerPool _pool;

    private InterruptGuard(WorkerPool pool) => _pool = pool;

    public static InterruptGuard Watch(WorkerPool pool)
    {
        InterruptGuard guard = new(pool);
        lock (s_gate)
        {
            s_watched.Add(guard);
            s_registration ??= PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
        }

        return guard;
    }

    public void Dispose()
    {
        PosixSignalRegistration? last = null;
        lock (s_gate)
        {
            s_watched.Remove(this);
            if (s_watched.Count == 0)
            {
                (last, s_registration) = (s_registration, null);
                s_warned = false;
            }
        }

        last?.Dispose();
    }

    private static void OnInterrupt(PosixSignalContext context)
    {
        WorkerPool[] pools;
        bool second;
        lock (s_gate)
        {
            pools = [.. s_watched.Select(static guard => guard._pool)];
            second = s_warned;
            s_warned = true;
        }

        if (second)
        {
            foreach (WorkerPool pool in pools)
            {
                pool.Terminate(gently: false, PoolBreak.On("This program was interrupted (Ctrl-C) twice."));
            }

            lock (s_gate)
            {
                s_warned = false;
            }

            return;
        }

        int cancelled = pools.Sum(static pool => pool.CancelAll());
        context.Cancel = cancelled > 0;
        if (cancelled == 0)
        {
            lock (s_gate)
            {
                s_warned = false;
            }
        }
    }
}
