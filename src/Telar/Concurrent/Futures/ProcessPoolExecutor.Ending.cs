using Telar.Multiprocessing.Pools;

namespace Telar.Concurrent.Futures;

// How a pool ends: by waiting, by cancelling, by force; and the shared one, which does not.
//
// Invariants
//   I1  _shutDown only goes from 0 to 1; who sees 0 may still be refused by the pool itself, which decides under its lock.
public sealed partial class ProcessPoolExecutor
{
    private static readonly TimeSpan s_sharedIdleTimeout = TimeSpan.FromSeconds(30);
    private static readonly Lazy<ProcessPoolExecutor> s_shared = new(static () => new ProcessPoolExecutor(
        new ProcessPoolOptions { Name = "shared", IdleTimeout = s_sharedIdleTimeout },
        isShared: true));

    private readonly bool _isShared;
    private int _shutDown;

    /// <summary>A pool for the whole program, made when it is first used, with the default options.</summary>
    /// <value>The same one every time, in this process; in a worker a pool of its own.</value>
    /// <remarks>
    /// <para>
    /// Nobody owns it: <c>Shutdown</c> and <c>Dispose</c> do nothing, so that code which disposes whatever executor it was given does no
    /// harm, and to kill its workers is refused. A worker that no call has needed for 30 seconds ends, so an idle pool holds no process. It
    /// ends with the program, which does not wait for calls that are still pending.
    /// </para>
    /// <para>Python has none.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">Workers would run this program's <c>Main</c>; the message says the remedy.</exception>
    /// <exception cref="PlatformNotSupportedException">Worker processes are not done for this operating system yet.</exception>
    public static ProcessPoolExecutor Shared => s_shared.Value;

    private protected override Task Finished => _pool.Finished;

    private protected override bool EndsWithProgram => _isShared;

    // A callback of this pool's own future runs on the pool's thread, which cannot wait for itself.
    private protected override bool IsOwnThread => _pool.IsPoolThread;

    /// <summary>Asks every worker to exit now (SIGTERM), kills those that do not within 5 seconds, and waits for their end.</summary>
    /// <exception cref="InvalidOperationException">This is the <see cref="Shared"/> pool. Nothing was done.</exception>
    /// <remarks>
    /// <para>
    /// Every call that has not ended, pending or running, ends with <see cref="BrokenProcessPoolException"/>, and so does every later
    /// <c>Submit</c>. A worker that has something to do first listens to the signal
    /// (<see cref="System.Runtime.InteropServices.PosixSignalRegistration"/>). In a callback of one of the pool's futures this method does
    /// not wait.
    /// </para>
    /// <para>Python: <c>ProcessPoolExecutor.terminate_workers</c> (3.14), which does not wait, and kills nobody.</para>
    /// </remarks>
    public void TerminateWorkers()
    {
        EndByForce(gently: true);
        Shutdown();
    }

    /// <summary>Does what <see cref="TerminateWorkers"/> does, and waits without holding a thread.</summary>
    /// <param name="cancellationToken">Cancels the wait. The workers end all the same.</param>
    /// <returns>A task that ends when all calls have ended and the workers are gone.</returns>
    /// <exception cref="InvalidOperationException">This is the <see cref="Shared"/> pool. Nothing was done.</exception>
    public Task TerminateWorkersAsync(CancellationToken cancellationToken = default)
    {
        EndByForce(gently: true);
        return ShutdownAsync(cancelFutures: false, cancellationToken);
    }

    /// <summary>Kills every worker now (SIGKILL), with what it has started, and waits for their end: milliseconds.</summary>
    /// <exception cref="InvalidOperationException">This is the <see cref="Shared"/> pool. Nothing was done.</exception>
    /// <remarks>
    /// <para>
    /// Every call that has not ended, pending or running, ends with <see cref="BrokenProcessPoolException"/>, and so does every later
    /// <c>Submit</c>. In a callback of one of the pool's futures it does not wait.
    /// </para>
    /// <para>Python: <c>ProcessPoolExecutor.kill_workers</c> (3.14), which does not wait.</para>
    /// </remarks>
    public void KillWorkers()
    {
        EndByForce(gently: false);
        Shutdown();
    }

    /// <summary>Does what <see cref="KillWorkers"/> does, and waits without holding a thread.</summary>
    /// <param name="cancellationToken">Cancels the wait. The workers end all the same.</param>
    /// <returns>A task that ends when all calls have ended and the workers are gone.</returns>
    /// <exception cref="InvalidOperationException">This is the <see cref="Shared"/> pool. Nothing was done.</exception>
    public Task KillWorkersAsync(CancellationToken cancellationToken = default)
    {
        EndByForce(gently: false);
        return ShutdownAsync(cancelFutures: false, cancellationToken);
    }

    internal static BrokenProcessPoolException Broken(string pool, PoolBreak cause) => new(
        pool,
        Phrases.Ended($"Pool '{pool}' is broken: {cause.Text}") +
        $"No call can be run; make a new pool{(cause.Cause is null ? "" : " once that is mended")}.",
        cause.Cause);

    private void EndByForce(bool gently)
    {
        string method = gently ? nameof(TerminateWorkers) : nameof(KillWorkers);
        if (_isShared)
        {
            throw new InvalidOperationException(
                $"{method} cannot be called on the shared pool: calls of the whole program may run there. Make a pool of your own for calls that "
                + "are to be ended by force, or end a single one with CancelRunning.");
        }

        // In this order: what is pending ends as broken, and only what waits between two attempts as cancelled.
        _pool.Terminate(gently, PoolBreak.On($"Its workers were ended by {method}."));
        Close(cancelFutures: true);
    }

    private protected override void CloseCore(bool cancelFutures)
    {
        if (Interlocked.Exchange(ref _shutDown, 1) == 0 && _interrupt is { } guard)
        {
            DisposeWhenFinished(guard);
        }

        _pool.Shutdown(cancelFutures);
    }

    // Ctrl-C is heard until the last call has ended, and no longer.
    private void DisposeWhenFinished(InterruptGuard guard) => _ = _pool.Finished.ContinueWith(
        static (_, state) => ((InterruptGuard)state!).Dispose(), // The state given below.
        guard,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private protected override InvalidOperationException ShutDownError() =>
        _pool.BrokenBy is { } cause ? Broken(Name, cause) : base.ShutDownError();

    private void ThrowIfClosed()
    {
        if (_pool.BrokenBy is not null || Volatile.Read(ref _shutDown) != 0)
        {
            throw ShutDownError();
        }
    }
}
