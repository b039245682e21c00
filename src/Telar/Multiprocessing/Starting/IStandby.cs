namespace Telar.Multiprocessing.Starting;

/// <summary>A process that was started in advance, as <see cref="StandbyPool{T}"/> sees it. Disposing it ends it.</summary>
internal interface IStandby : IDisposable
{
    bool HasExited { get; }

    /// <summary>Waits until the process has warmed up.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <exception cref="IOException">It ended before.</exception>
    /// <exception cref="TimeoutException">It did not say so in time; it goes on.</exception>
    void WaitUntilWarm(TimeSpan timeout);
}
