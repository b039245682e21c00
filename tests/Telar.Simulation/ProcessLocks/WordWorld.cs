using Telar.Multiprocessing.Synchronize;
using Telar.Simulation.Pools;

namespace Telar.Simulation.ProcessLocks;

// One flow runs at a time, from one access to a word to the next; the seed decides which, and when a process is killed. A sleeper's slice is
// over only when nobody else can go on, and only if slices are allowed: so a wake-up that gets lost without a death shows as a deadlock.

/// <summary>Words, and processes whose every step is chosen by a seed.</summary>
internal sealed class WordWorld(ulong seed, bool allowsSlices) : IDisposable
{
    private const int MostSteps = 50_000;

    private readonly SimulationRandom _random = new(seed);
    private readonly List<WordFlow> _flows = [];
    private readonly int[] _words = new int[8192];
    private readonly SemaphoreSlim _paused = new(0);

    /// <summary>How many kills are still to happen, and which flow may be killed now.</summary>
    public int Kills { get; set; }

    public Func<WordFlow, bool> MayDie { get; init; } = static _ => true;

    public int Steps { get; private set; }

    public int[] Words => _words;

    /// <summary>Starts a process with one flow of control.</summary>
    public WordFlow Add(string name, Action<WordFlow> body)
    {
        WordFlow flow = new(this, name, _flows.Count, body);
        _flows.Add(flow);
        return flow;
    }

    public bool IsAlive(int owner) => _flows.Exists(flow => flow.Token == owner && !flow.IsDead);

    public int IdOf(int owner) => _flows.FindIndex(flow => flow.Token == owner) + 1;

    public int TakeCrashed()
    {
        WordFlow? crashed = _flows.Find(static flow => flow.IsDead && !flow.IsForgotten);
        if (crashed is null)
        {
            return 0;
        }

        crashed.IsForgotten = true;
        return IdOf(crashed.Token);
    }

    public void Wake(int index, int count)
    {
        foreach (WordFlow flow in _flows.Where(flow => flow.SleepsAt == index).OrderBy(static flow => flow.SleptSince).Take(count).ToList())
        {
            flow.SleepsAt = -1;
        }
    }

    /// <summary>Called by a flow: lets the scheduler choose who goes on.</summary>
    public void Pause(WordFlow flow)
    {
        // Mostly one that is awake goes on itself: a change of threads is dear, and few changes at the right places find what many find.
        if (!flow.IsDead && flow.SleepsAt < 0 && _random.Chance(65) && ++Steps < MostSteps)
        {
            return;
        }

        _paused.Release();
        flow.Gate.Wait();
    }

    /// <summary>Plays until all flows have ended or died.</summary>
    public void Run()
    {
        List<Thread> threads = [.. _flows.Select(Start)];
        try
        {
            while (_flows.Exists(static flow => !flow.HasEnded) && !_flows.Exists(static flow => flow.Failure is not null))
            {
                Step();
            }
        }
        finally
        {
            foreach (WordFlow flow in _flows.Where(static flow => !flow.HasEnded))
            {
                flow.IsDead = true;
                flow.Gate.Release();
            }

            threads.ForEach(static thread => thread.Join());
        }

        if (_flows.Find(static flow => flow.Failure is not null) is { } failed)
        {
            throw new SimulationFailure($"Seed {seed}, {failed.Name}: {failed.Failure}");
        }
    }

    public void Dispose()
    {
        _paused.Dispose();
        _flows.ForEach(static flow => flow.Dispose());
    }

    public void Fail(string what) => throw new SimulationFailure($"Seed {seed}: {what}");

    private Thread Start(WordFlow flow)
    {
        Thread thread = new(
            () =>
            {
                flow.Gate.Wait();
                flow.Run();
                _paused.Release();
            },
            256 * 1024)
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Step()
    {
        if (++Steps > MostSteps)
        {
            Fail("no end in sight: " + Describe());
        }

        if (Kills > 0 && _random.Chance(10))
        {
            WordFlow[] victims = [.. _flows.Where(flow => !flow.HasEnded && MayDie(flow))];
            if (victims.Length > 1)
            {
                Kills--;
                WordFlow victim = victims[_random.Below(victims.Length)];
                victim.IsDead = true;
                victim.SleepsAt = -1;
                Grant(victim); // it ends at once
                return;
            }
        }

        WordFlow[] ready = [.. _flows.Where(static flow => !flow.HasEnded && flow.SleepsAt < 0)];
        if (ready.Length > 0)
        {
            Grant(ready[_random.Below(ready.Length)]);
            return;
        }

        WordFlow[] sleepers = [.. _flows.Where(static flow => !flow.HasEnded)];
        if (!allowsSlices)
        {
            Fail("everybody sleeps: " + Describe());
        }

        WordFlow sleeper = sleepers[_random.Below(sleepers.Length)];
        sleeper.SleepsAt = -1;
        sleeper.SliceIsOver = true;
        Grant(sleeper);
    }

    private void Grant(WordFlow flow)
    {
        flow.Gate.Release();
        _paused.Wait();
    }

    private string Describe() => string.Join("; ", _flows.Select(static flow => flow.ToString()));
}
