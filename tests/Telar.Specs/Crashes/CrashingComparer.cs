using Telar.Multiprocessing;

namespace Telar.Specs.Crashes;

/// <summary>Crashes or throws in the process in which a dictionary that uses it is rebuilt: while a message is read there.</summary>
internal sealed record CrashingComparer(string Way, bool InWorker = true) : IEqualityComparer<string>
{
    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string obj)
    {
        if (ProcessHost.IsWorker == InWorker && Way.Length > 0)
        {
            if (Way == "throw")
            {
                throw new InvalidOperationException("It cannot be rebuilt.");
            }

            Crash.Now(Way);
        }

        return obj.Length;
    }

    /// <summary>A dictionary that is rebuilt with this comparer on the other side.</summary>
    public Dictionary<string, int> Poison()
    {
        Dictionary<string, int> poison = new(this);
        poison.Add("one", 1);
        return poison;
    }
}
