namespace Telar.CPython.Members;

using OsThread = System.Threading.Thread;

/// <summary>A thread of a pool, as far as a test wants to see it.</summary>
internal sealed record PoolThread(OsThread Thread)
{
    public string? Name => Thread.Name;

    public void Join() => Thread.Join();
}
