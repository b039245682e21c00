using System.Collections;

namespace Telar.Multiprocessing.Starting;

/// <summary>Processes that are started, have greeted, and wait to become workers.</summary>
/// <typeparam name="T">The process.</typeparam>
/// <param name="start">Starts one, for the server collector or not, with the assemblies to load.</param>
/// <param name="startTimeout">How long one may take to warm up.</param>
// State machine of one standby
//
//   (refill) --start--> warming --warm--> ready --TryTake--> owned by a pool
//                          |                |
//                          +----------------+--> dropped: it failed, took too long, does not fit any more, or is one too many
//
// State machine of the refill
//
//   idle --Fill, or somebody waits--> refilling: one process after another --full, Clear, or MaxFailures in a row--> idle
//
// Invariants
//   I1  ready + warming <= Size, and warming <= 1, so memory is bounded by Size processes. A smaller Size disposes what is above
//       it at once, but for the one that is warming, which goes as soon as it is warm.
//   I2  Nothing is started before the first TryTake, Fill or WaitUntilReadyAsync: a program that never uses ForkServer pays nothing.
//   I3  A standby is handed out only if the environment, directory and preload list are those of the moment it was made.
//   I4  _refilling is set  =>  exactly one thread is in Refill. It decides to end, and clears _refilling, in one hold of _gate, so
//       whoever asks for more either finds it going on or starts another.
// Locks
//   _gate is a leaf. Processes are started and disposed outside it.
// Ownership
//   A standby belongs to this pool until TryTake hands it out; it dies with this process by its lifeline.
internal sealed class StandbyPool<T>(Func<bool, string[], T> start, TimeSpan startTimeout)
    where T : class, IStandby
{
    public const int MaxFailures = 3;

    private readonly System.Threading.Lock _gate = new();
    private readonly List<Standby> _ready = [];
    private readonly List<TaskCompletionSource> _waiters = [];
    private string[] _preload = [];
    private int _size = Math.Min(Environment.ProcessorCount, 4);
    private bool _wanted;
    private bool _serverGc;
    private bool _refilling;
    private int _failures;
    private int _generation;

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

                CompleteWaitersIfFull_NeedsLock();
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
    public T? TryTake(bool serverGc)
    {
        Fingerprint now = Fingerprint.Take(serverGc);
        List<Standby> stale = [];
        T? taken = null;
        lock (_gate)
        {
            while (taken is null && _ready.Count > 0)
            {
                Standby standby = _ready[0];
                _ready.RemoveAt(0);
                if (standby.Fingerprint.Equals(now) && !standby.Process.HasExited)
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
        lock (_gate)
        {
            _wanted = true;
            _serverGc = serverGc;
            StartRefill_NeedsLock();
        }
    }

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _failures = 0;
            _waiters.Add(waiter);
            CompleteWaitersIfFull_NeedsLock();
            StartRefill_NeedsLock();
        }

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
            _wanted = false;
        }

        all.ForEach(static standby => standby.Process.Dispose());
    }

    private void StartRefill_NeedsLock()
    {
        if (!_refilling && IsRefillNeeded_NeedsLock())
        {
            // A thread of its own: it waits for processes, and the thread pool may be what the program's calls are waiting in.
            new System.Threading.Thread(Refill) { IsBackground = true, Name = "telar standbys" }.UnsafeStart();
            _refilling = true;
        }
    }

    private bool IsRefillNeeded_NeedsLock() => (_wanted || _waiters.Count > 0) && _ready.Count < _size && _failures < MaxFailures;

    private void Refill()
    {
        // One after another: a refill must not take the processors from the workers that have just been started.
        while (true)
        {
            bool serverGc;
            string[] preload;
            int generation;
            lock (_gate)
            {
                if (!IsRefillNeeded_NeedsLock())
                {
                    _refilling = false;
                    return;
                }

                (serverGc, preload, generation) = (_serverGc, _preload, _generation);
            }

            T? process = null;
            Fingerprint fingerprint = default;
            Exception? failure = null;
            try
            {
                fingerprint = Fingerprint.Take(serverGc);
                process = start(serverGc, preload);

                // Only when it is warm, so that one that is handed out is as fast as it will ever be.
                process.WaitUntilWarm(startTimeout);
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            if (!Keep(process, fingerprint, generation, failure))
            {
                process?.Dispose();
            }
        }
    }

    private bool Keep(T? process, Fingerprint fingerprint, int generation, Exception? failure)
    {
        lock (_gate)
        {
            if (generation != _generation)
            {
                return false;
            }

            if (process is null || failure is not null)
            {
                if (++_failures >= MaxFailures)
                {
                    FailWaiters_NeedsLock(failure);
                }

                return false;
            }

            _failures = 0;
            if (_ready.Count >= _size)
            {
                return false;
            }

            _ready.Add(new Standby(process, fingerprint));
            CompleteWaitersIfFull_NeedsLock();
            return true;
        }
    }

    private void CompleteWaitersIfFull_NeedsLock()
    {
        if (_ready.Count >= _size)
        {
            _waiters.ForEach(static waiter => waiter.TrySetResult());
            _waiters.Clear();
        }
    }

    private void FailWaiters_NeedsLock(Exception? failure)
    {
        _waiters.ForEach(waiter => waiter.TrySetException(new InvalidOperationException(
            $"No standby process could be started, {MaxFailures} times in a row. The last time: {failure?.Message}", failure)));
        _waiters.Clear();
    }

    private sealed record Standby(T Process, Fingerprint Fingerprint);

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
