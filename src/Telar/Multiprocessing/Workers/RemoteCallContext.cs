namespace Telar.Multiprocessing.Workers;

/// <summary>What a <see cref="RemoteCall"/> sees of the place where it runs.</summary>
internal abstract class RemoteCallContext
{
    /// <summary>Cancelled when the caller wants this call to stop.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>How often the call was started, this time included.</summary>
    public virtual int Attempt => 1;

    /// <summary>Whether the call finds its <see cref="Concurrent.Futures.TaskContext"/> here, as it has not left the process of its submitter.</summary>
    public virtual bool HasTaskContext => false;

    /// <summary>Opens the call's way to tell its progress; it closes with the call.</summary>
    /// <returns><see langword="null"/> where nobody could hear it.</returns>
    public virtual ProgressLane? OpenProgress() => null;

    /// <summary>Takes the result of the call; called at most once, and not at all when the call throws.</summary>
    /// <typeparam name="T">The static type of the result, which decides how it travels.</typeparam>
    /// <param name="value">The result.</param>
    public abstract void SetResult<T>(T value);
}
