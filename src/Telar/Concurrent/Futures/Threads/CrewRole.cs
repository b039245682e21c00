namespace Telar.Concurrent.Futures.Threads;

/// <summary>What one kind of pool of threads does differently from another: this is that of <see cref="ThreadPoolExecutor"/>.</summary>
internal class CrewRole(ThreadPoolOptions options)
{
    /// <summary>How messages call the pool.</summary>
    public virtual string Kind => "Thread pool";

    /// <summary>Whether <see cref="SetUp"/> has anything to do.</summary>
    public virtual bool NeedsSetup => options.Initializer is not null;

    /// <summary>Runs on each new thread before its first call. What it throws breaks the pool.</summary>
    /// <returns>What the thread disposes after its last call; <see langword="null"/> for nothing.</returns>
    public virtual IDisposable? SetUp()
    {
        options.Initializer?.Invoke();
        return null;
    }

    /// <summary>What a call of a broken pool ends with.</summary>
    public virtual BrokenThreadPoolException NewBroken(string pool, string message, Exception? cause) => new(pool, message, cause);
}
