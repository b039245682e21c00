using Telar.Multiprocessing.Starting;

namespace Telar.Multiprocessing;

/// <summary>The standby processes behind <see cref="StartMethod.ForkServer"/>: started and warmed up before they are needed.</summary>
/// <remarks>
/// One small pool for the whole program. It is empty until the first worker is asked for with
/// <see cref="StartMethod.ForkServer"/> or <see cref="EnsureRunning"/> is called, and is refilled in the background.
/// A standby inherits the environment variables and the current directory of the moment it was made: one that no longer fits
/// is thrown away when a worker is taken. It holds about 6 MB of memory of its own.
/// Python: <c>multiprocessing.set_forkserver_preload</c>, <c>multiprocessing.forkserver.ensure_running</c>; there it is one
/// process that forks.
/// <b>Thread safety.</b> All members may be used from any thread. <b>Processes.</b> Each process has standbys of its own.
/// </remarks>
public static class ForkServer
{
    // As long as a pool gives its workers, unless it is told otherwise.
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How many processes are kept ready, 0 to 64.</summary>
    /// <value>Default: the number of processors this process may use, at most 4. Fewer takes effect at once, more with the next refill.</value>
    public static int StandbyCount
    {
        get => Standbys.Size;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 64);
            Standbys.Size = value;
        }
    }

    /// <summary>How many processes are started and warmed up at this moment.</summary>
    public static int ReadyCount => Standbys.ReadyCount;

    internal static StandbyPool<WorkerProcess> Standbys { get; } = new(
        static (serverGc, preload) => WorkerProcess.Start(standby: true, serverGc, preload), s_startTimeout);

    /// <summary>Names assemblies that a standby loads while it waits, so that the first call does not.</summary>
    /// <param name="assemblies">Assembly names as for <see cref="System.Reflection.Assembly.Load(string)"/>. They replace those named before.</param>
    /// <remarks>
    /// Standbys made before are thrown away. An assembly that cannot be loaded is reported on the worker's standard error and
    /// otherwise ignored, as in Python (<c>multiprocessing.set_forkserver_preload</c>).
    /// </remarks>
    /// <exception cref="ArgumentException">A name is empty or contains a line break.</exception>
    public static void Preload(params IReadOnlyList<string> assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        foreach (string name in assemblies)
        {
            if (string.IsNullOrWhiteSpace(name) || name.Contains('\n', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{name}' is no assembly name.", nameof(assemblies));
            }
        }

        Standbys.SetPreload([.. assemblies]);
    }

    /// <summary>Starts the standbys now, in the background, rather than with the first worker.</summary>
    public static void EnsureRunning() => Standbys.Fill();

    /// <summary>Waits until all standbys are ready.</summary>
    /// <param name="cancellationToken">Cancels the wait; the standbys go on starting.</param>
    /// <returns>A task that ends when <see cref="ReadyCount"/> has reached <see cref="StandbyCount"/>.</returns>
    /// <exception cref="InvalidOperationException">A standby could not be started; the inner exception says why.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) =>
        Standbys.WaitUntilReadyAsync(cancellationToken);

    /// <summary>Ends all standbys. The next worker, or <see cref="EnsureRunning"/>, makes new ones.</summary>
    public static void Stop() => Standbys.Clear();
}
