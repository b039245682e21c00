using System.Collections;
using Telar.Internal.Framing;

namespace Telar.Multiprocessing.Starting;

/// <summary>Processes that are started, have greeted, and wait to become workers.</summary>
// State machine of one standby
//
//   (Fill) --start--> warming --Hello--> ready --TryTake--> owned by a pool
//                        |                 |
//                        +-- died ---------+--> dropped (its place is filled again with the next TryTake or Fill)
//
// Invariants
//   I1  ready + warming <= Size after every operation; what is above is disposed, so memory is bounded by Size processes.
//   I2  Nothing is started before the first TryTake, Fill or WaitUntilReadyAsync: a program that never uses ForkServer pays nothing.
//   I3  A standby is handed out only if the environment, directory and preload list are those of the moment it was made.
// Locks
//   _gate is a leaf. Processes are started and disposed outside it.
// Ownership
//   A standby belongs to this pool until TryTake hands it out; it dies with this process by its lifeline.
internal sealed class StandbyPool
{
    private const int MaxFailures = 3;

    private readonly Lock _gate = new();
    private readonly List<Standby> _ready = [];
    private readonly List<TaskCompletionSource> _waiters = [];
    private string[] _preload = [];
    private int _size = Math.Min(Environment.ProcessorCount, 4);
    private int _warming;
    private int _failures;
    private int _generation;

    public static StandbyPool Shared { get; } = new();

    public int Size
    {
        get => Volatile.Read(ref _size);
        set
        {
            List<Standby> surplus = [];
            lock (_gate)
            {
                _size = value;
                while (_ready.Count > value)
                {
                    surplus.Add(_ready[^1]);
                    _ready.RemoveAt(_ready.Count - 1);
                }

                CompleteWaiters_NeedsLock(null);
            }

            surplus.ForEach(static standby => standby.Process.Dispose());
        }
    }

    public int ReadyCount
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count;
            }
        }
    }

    public void SetPreload(string[] assemblies)
    {
        lock (_gate)
        {
            _preload = assemblies;
        }

        Clear();
    }

    /// <summary>Takes a standby that fits this process as it is now, and has its place filled again.</summary>
    /// <returns>Null when none is ready; start a process the ordinary way then.</returns>
    public WorkerProcess? TryTake(bool serverGc)
    {
        Fingerprint now = Fingerprint.Take(serverGc);
        List<Standby> stale = [];
        WorkerProcess? taken = null;
        lock (_gate)
        {
            while (taken is null && _ready.Count > 0)
            {
                Standby standby = _ready[0];
                _ready.RemoveAt(0);
                if (standby.Fingerprint.Equals(now) && !standby.Process.Child.HasExited)
                {
                    taken = standby.Process;
                }
                else
                {
                    stale.Add(standby);
                }
            }
        }

        stale.ForEach(static standby => standby.Process.Dispose());
        Fill(serverGc);
        return taken;
    }

    /// <summary>Starts as many standbys as are missing, in the background.</summary>
    public void Fill(bool serverGc = false)
    {
        int missing;
        int generation;
        lock (_gate)
        {
            missing = _failures >= MaxFailures ? 0 : Math.Max(0, _size - _ready.Count - _warming);
            _warming += missing;
            generation = _generation;
        }

        if (missing > 0)
        {
            // One after another: a refill must not take the processors from the workers that have just been started.
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(
                static state =>
                {
                    for (int i = 0; i < state.missing; i++)
                    {
                        state.self.MakeOne(state.serverGc, state.generation);
                    }
                },
                (self: this, missing, serverGc, generation),
                preferLocal: false);
        }
    }

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _failures = 0;
            _waiters.Add(waiter);
            CompleteWaiters_NeedsLock(null);
        }

        Fill();
        return waiter.Task.WaitAsync(cancellationToken);
    }

    public void Clear()
    {
        List<Standby> all;
        lock (_gate)
        {
            all = [.. _ready];
            _ready.Clear();
            _generation++;
            _failures = 0;
        }

        all.ForEach(static standby => standby.Process.Dispose());
    }

    private void MakeOne(bool serverGc, int generation)
    {
        Standby? made = null;
        Exception? failure = null;
        try
        {
            string[] preload;
            lock (_gate)
            {
                preload = _preload;
            }

            Fingerprint fingerprint = Fingerprint.Take(serverGc);
            WorkerProcess process = WorkerProcess.Start(standby: true, serverGc, preload);
            made = new Standby(process, fingerprint);

            // A standby says Hello once it is warm, so that one that is handed out is as fast as it will ever be.
            if (!process.Data.ReceiveFrame(out FrameHeader header, out _) || header.Kind != FrameKind.Hello)
            {
                throw new IOException("The standby process ended before it was ready.");
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Standby? dropped = null;
        bool refill;
        lock (_gate)
        {
            _warming--;
            if (failure is not null || made is null)
            {
                _failures++;
                dropped = made;
            }
            else if (_ready.Count >= _size || generation != _generation)
            {
                dropped = made;
            }
            else
            {
                _failures = 0;
                _ready.Add(made);
            }

            CompleteWaiters_NeedsLock(_failures >= MaxFailures ? failure : null);
            refill = _waiters.Count > 0;
        }

        dropped?.Process.Dispose();
        if (refill)
        {
            Fill(serverGc);
        }
    }

    private void CompleteWaiters_NeedsLock(Exception? failure)
    {
        if (failure is null && _ready.Count < _size)
        {
            return;
        }

        foreach (TaskCompletionSource waiter in _waiters)
        {
            if (failure is null)
            {
                waiter.TrySetResult();
            }
            else
            {
                waiter.TrySetException(new InvalidOperationException(
                    $"No standby process could be started, {MaxFailures} times in a row. The last time: {failure.Message}", failure));
            }
        }

        _waiters.Clear();
    }

    private sealed record Standby(WorkerProcess Process, Fingerprint Fingerprint);

    /// <summary>What a process inherits and cannot change for another: the moment's environment, directory and collector.</summary>
    private readonly record struct Fingerprint(long Environment, string Directory, bool ServerGc)
    {
        public static Fingerprint Take(bool serverGc)
        {
            // Order-independent: the dictionary's order is no property of the environment.
            long sum = 0;
            foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            {
                sum += HashCode.Combine((string)entry.Key, (string?)entry.Value) * 2654435761L;
            }

            return new Fingerprint(sum, System.Environment.CurrentDirectory, serverGc);
        }
    }
}
