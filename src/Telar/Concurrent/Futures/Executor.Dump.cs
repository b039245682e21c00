using Telar.Concurrent.Futures.Observing;

namespace Telar.Concurrent.Futures;

public abstract partial class Executor
{
    private static readonly IReadOnlyDictionary<int, string> s_nothingSaid = new Dictionary<int, string>();

    /// <summary>
    /// Describes what the executor does, for a reader who wants to know why it does not go on: its calls, its workers, and of each of
    /// their processes all threads with their stacks, and who waits for which lock.
    /// </summary>
    /// <returns>Some lines of text. What could not be found out is said there.</returns>
    /// <remarks>
    /// <para>
    /// It disturbs no call, but for some milliseconds in which the runtime stands still to take the stacks. It needs about 0.2 s a
    /// process, and gives up after 10 s of each: a worker that was stopped, or whose processors are all busy, is described without stacks.
    /// So is one that was started with <c>DOTNET_EnableDiagnostics=0</c>. Stacks name methods and no lines; what an
    /// <see langword="await"/> waits for is on no stack. Finalizers of this process wait meanwhile. A worker process that unloads an
    /// <see cref="System.Runtime.Loader.AssemblyLoadContext"/> in the very moment in which its stacks are taken may end by a fault of .NET 10.
    /// </para>
    /// <para>Python: <c>faulthandler.dump_traceback</c> for a part of it.</para>
    /// </remarks>
    public string DumpState() => ExecutorReport.Of(this);

    /// <summary>As <see cref="DumpState"/>, on a thread of its own.</summary>
    /// <param name="cancellationToken">Cancels the wait; the description is given up when it is ready.</param>
    /// <returns>The text.</returns>
    public Task<string> DumpStateAsync(CancellationToken cancellationToken = default) =>
        Task.Factory.StartNew(DumpState, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellationToken);

    /// <summary>Asks the workers that are processes of their own what their threads wait for.</summary>
    /// <param name="timeout">How long to wait for all answers together.</param>
    /// <returns>The answers by process id; none of a worker that did not answer in time.</returns>
    internal virtual IReadOnlyDictionary<int, string> AskWorkerProcesses(TimeSpan timeout) => s_nothingSaid;
}
