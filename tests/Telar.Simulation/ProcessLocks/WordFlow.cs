using System.Globalization;
using Telar.Multiprocessing.Synchronize;

namespace Telar.Simulation.ProcessLocks;

/// <summary>A process of the simulation, with its one flow of control.</summary>
internal sealed class WordFlow(WordWorld world, string name, int slot, Action<WordFlow> body) : IDisposable
{
    public string Name { get; } = name;

    public WordWorld World { get; } = world;

    /// <summary>What it writes into words that it owns.</summary>
    public int Token { get; } = OwnerToken.Of((1 << 10) | slot);

    public SemaphoreSlim Gate { get; } = new(0);

    public int SleepsAt { get; set; } = -1;

    public int SleptSince { get; set; }

    public bool SliceIsOver { get; set; }

    public bool IsDead { get; set; }

    public bool IsForgotten { get; set; }

    public bool HasEnded { get; private set; }

    public string? Failure { get; private set; }

    public SimulatedWords Words => new(this);

    /// <summary>A point at which another flow may go on, or this one die.</summary>
    public void Step()
    {
        if (!IsDead)
        {
            World.Pause(this);
        }

        if (IsDead)
        {
            throw new KilledException();
        }
    }

    public void Run()
    {
        try
        {
            if (!IsDead)
            {
                body(this);
            }
        }
        catch (KilledException)
        {
        }
        catch (Exception exception)
        {
            Failure = exception.ToString();
        }

        HasEnded = true;
    }

    public void Dispose() => Gate.Dispose();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name} {(HasEnded ? IsDead ? "dead" : "ended" : SleepsAt < 0 ? "runs" : $"sleeps at {SleepsAt}")}");

    private sealed class KilledException : Exception;
}
