using Telar.Multiprocessing;

namespace Telar.Specs.Pools;

/// <summary>Ends the worker in which a dictionary that uses it is rebuilt: while a call is decoded.</summary>
internal sealed record DyingComparer(DeathWay Way) : IEqualityComparer<string>
{
    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string obj)
    {
        if (ProcessHost.IsWorker)
        {
            Death.Die(Way);
        }

        return obj.Length;
    }
}
