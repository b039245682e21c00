using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;

namespace Telar.Simulation.ProcessLocks;

/// <summary>The words as a flow of the simulation sees them: before each access another one may run, or this one die.</summary>
internal readonly struct SimulatedWords(WordFlow flow) : IWords
{
    public int Self => flow.Token;

    public int Read(int index)
    {
        flow.Step();
        return flow.World.Words[index];
    }

    public void Write(int index, int value)
    {
        flow.Step();
        flow.World.Words[index] = value;
    }

    public int CompareExchange(int index, int value, int expected)
    {
        flow.Step();
        int before = flow.World.Words[index];
        flow.World.Words[index] = before == expected ? value : before;
        return before;
    }

    public int Add(int index, int change)
    {
        flow.Step();
        return flow.World.Words[index] += change;
    }

    public void Wake(int index, int count)
    {
        flow.Step();
        flow.World.Wake(index, count);
    }

    public bool IsAlive(int owner)
    {
        flow.Step();
        return flow.World.IsAlive(owner);
    }

    public int ProcessIdOf(int owner) => flow.World.IdOf(owner);

    public int TakeCrashed()
    {
        flow.Step();
        return flow.World.TakeCrashed();
    }

    public ValueTask<WaitOutcome> WaitAsync<TWait>(TWait wait, bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
        where TWait : IWordWait
    {
        bool looksForDead = true;
        bool hasSlept = false;
        while (!wait.TryFinish(looksForDead, out SleepPoint sleep))
        {
            if (hasSlept && deadline.IsOver)
            {
                wait.GiveUp();
                return new ValueTask<WaitOutcome>(WaitOutcome.TimedOut);
            }

            flow.Step();
            looksForDead = false;
            if (flow.World.Words[sleep.Index] != sleep.Seen)
            {
                continue;
            }

            flow.SleepsAt = sleep.Index;
            flow.SleptSince = flow.World.Steps;
            flow.SliceIsOver = false;
            flow.Step();
            looksForDead = flow.SliceIsOver;
            hasSlept = true;
        }

        return new ValueTask<WaitOutcome>(WaitOutcome.Granted);
    }
}
