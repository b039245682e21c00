namespace Census.Running;

using System.ComponentModel;
using System.Diagnostics;

/// <summary>Kills random workers while they work: after each twelfth of the way, one.</summary>
/// <remarks>It goes by progress, not by time, so that there is always some between two kills.</remarks>
internal sealed class Chaos
{
    /// <summary>At most so many; a file that may be tried again as often cannot fail.</summary>
    public const int MostKills = 12;

    private int _next = 1;

    /// <summary>How many workers it has killed.</summary>
    public int Kills { get; private set; }

    /// <param name="done">The part of the work that is done, from 0 to 1.</param>
    /// <param name="lanes">The workers.</param>
    public void Strike(double done, IReadOnlyList<Lane> lanes)
    {
        Lane[] ready = [.. lanes.Where(lane => lane.IsReady)];
        if (Kills == MostKills || ready.Length == 0 || done * (MostKills + 1) < _next)
        {
            return;
        }

        _next = (int)(done * (MostKills + 1)) + 1;
        try
        {
            // SIGKILL, in the middle of whatever it does.
            using var victim = Process.GetProcessById(Random.Shared.GetItems(ready, 1)[0].ProcessId);
            victim.Kill();
            Kills++;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It was gone already.
        }
    }
}
