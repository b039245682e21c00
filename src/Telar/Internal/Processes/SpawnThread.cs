using System.Runtime.ExceptionServices;

namespace Telar.Internal.Processes;

// Invariants
//   I1  Every posix_spawn that was not explicitly asked for on the calling thread runs on the one thread of this class,
//       which ends only with the process. A child that asks to be signalled when its parent dies (PR_SET_PDEATHSIG) is
//       bound to the thread that made it: made by a pool thread, it would be killed when that thread retires.
//   I2  Run returns only after Execute has ended, whatever happens to the calling thread: the plan's memory is in use.
// Locks
//   _queue guards the queue, the monitor of a request its _done. Both are leaves; no plan is executed under either.
// Ownership
//   From Run to its return the plan is the spawner's. The releases of the two locks hand it over and back.

/// <summary>The immortal thread that starts children.</summary>
internal sealed class SpawnThread
{
    private const int StackSize = 256 * 1024;

    private static readonly Lazy<SpawnThread> s_instance = new(() => new SpawnThread());

    private readonly Queue<Request> _queue = new();

    private SpawnThread()
    {
        var thread = new Thread(Loop, StackSize) { IsBackground = true, Name = "Telar spawner" };
        thread.UnsafeStart();
    }

    /// <summary>The thread; it begins with the first use.</summary>
    internal static SpawnThread Instance => s_instance.Value;

    /// <summary>Executes a plan and waits for that; it takes as long as the system needs to load a program.</summary>
    /// <param name="plan">The plan; its outcome is in it afterwards.</param>
    internal void Run(SpawnPlan plan)
    {
        var request = new Request(plan);
        lock (_queue)
        {
            _queue.Enqueue(request);
            Monitor.Pulse(_queue);
        }

        request.WaitUntilDone();
    }

    private void Loop()
    {
        while (true)
        {
            Request request;
            lock (_queue)
            {
                while (_queue.Count == 0)
                {
                    Monitor.Wait(_queue);
                }

                request = _queue.Dequeue();
            }

            request.Execute();
        }
    }

    private sealed class Request(SpawnPlan plan)
    {
        private ExceptionDispatchInfo? _failure;
        private bool _done;

        internal void Execute()
        {
            try
            {
                plan.Execute();
            }
            catch (Exception e)
            {
                // It belongs to the caller; the thread must go on for the others.
                _failure = ExceptionDispatchInfo.Capture(e);
            }

            lock (this)
            {
                _done = true;
                Monitor.Pulse(this);
            }
        }

        internal void WaitUntilDone()
        {
            bool interrupted = false;
            lock (this)
            {
                while (!_done)
                {
                    try
                    {
                        Monitor.Wait(this);
                    }
                    catch (ThreadInterruptedException)
                    {
                        // I2: not before the plan is free. The caller meets the interruption at its next wait.
                        interrupted = true;
                    }
                }
            }

            if (interrupted)
            {
                Thread.CurrentThread.Interrupt();
            }

            _failure?.Throw();
        }
    }
}
