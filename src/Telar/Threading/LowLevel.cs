using System.Runtime.InteropServices;
using Telar.Threading.Threads;

namespace Telar.Threading;

/// <summary>Threads without names and objects: what <see cref="Thread"/> stands on.</summary>
/// <remarks>
/// <para>
/// Python: the module <c>_thread</c>. New code uses <see cref="Thread"/>. The module's other names are on other types: <c>allocate_lock</c>
/// is <c>new Lock()</c>, <c>get_ident</c> is <see cref="Thread.CurrentIdent"/>, <c>get_native_id</c> <see cref="Thread.CurrentNativeId"/>,
/// <c>stack_size</c> <see cref="Thread.StackSize"/>, <c>TIMEOUT_MAX</c> <see cref="Thread.TimeoutMax"/>.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public static class LowLevel
{
    /// <summary>How many threads run now that Telar started, as <see cref="Thread"/> or here.</summary>
    /// <remarks>Python: <c>_thread._count</c>.</remarks>
    public static int Count => ThreadHandle.Count;

    /// <summary>Whether threads may be daemons here.</summary>
    /// <value>Always <see langword="true"/>.</value>
    /// <remarks>Python: <c>_thread.daemon_threads_allowed</c>.</remarks>
    public static bool DaemonThreadsAllowed => true;

    /// <summary>Runs a function on a new thread, for which the program does not wait at its end.</summary>
    /// <param name="function">
    /// What to run. An exception that it does not catch is written to standard error and ends the thread alone;
    /// <see cref="Thread.ExceptHook"/> is not called.
    /// </param>
    /// <returns>The <see cref="Thread.Ident"/> of the thread, which may have ended by now.</returns>
    /// <exception cref="InvalidOperationException">The system could make no thread.</exception>
    /// <remarks>
    /// The thread is no <see cref="Thread"/>; if it asks for <see cref="Thread.Current"/> it gets a dummy. Python:
    /// <c>_thread.start_new_thread</c>.
    /// </remarks>
    public static int StartNewThread(Action function) => StartJoinableThread(function).Ident;

    /// <summary>Ends the calling thread silently, if Telar started it and nobody catches the exception.</summary>
    /// <exception cref="ThreadExitException">Always.</exception>
    /// <remarks>Python: <c>_thread.exit</c>, and <c>sys.exit</c> in a thread.</remarks>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Exit() => throw new ThreadExitException();

    /// <summary>Does what a signal does that arrives: as if somebody had pressed Ctrl-C.</summary>
    /// <param name="signal">
    /// The signal; on Unix also a number from 1 to 64. One that nobody handles does nothing: it does not end the program.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="signal"/> is no signal.</exception>
    /// <exception cref="IOException">The signal cannot be handled by any program, such as SIGKILL. Nothing was done.</exception>
    /// <remarks>
    /// With <see cref="PosixSignal.SIGINT"/>, <see cref="Thread.MainInterrupted"/> is cancelled when this returns. The handlers that were
    /// registered with <see cref="PosixSignalRegistration"/> (and <see cref="Console.CancelKeyPress"/>) then run on a thread of the
    /// runtime, on Unix only: Windows has no way to send a signal to one process. .NET cannot throw an exception into the main thread:
    /// what waits there should wait with the token. Python: <c>_thread.interrupt_main</c>.
    /// </remarks>
    public static void InterruptMain(PosixSignal signal = PosixSignal.SIGINT) => MainInterrupt.Raise(signal);

    /// <summary>The same as <see cref="StartNewThread"/>, with an end that can be waited for.</summary>
    internal static ThreadHandle StartJoinableThread(Action function, ThreadHandle? handle = null, bool isDaemon = true)
    {
        ArgumentNullException.ThrowIfNull(function);
        handle ??= new ThreadHandle();
        ExecutionContext? flow = Thread.InheritContextByDefault ? ExecutionContext.Capture() : null;
        handle.Start(
            static state =>
            {
                (Action function, ExecutionContext? flow) = ((Action, ExecutionContext?))state!; // made below
                try
                {
                    if (flow is not null)
                    {
                        ExecutionContext.Restore(flow);
                    }

                    function();
                }
                catch (ThreadExitException)
                {
                    // The silent end.
                }
                catch (Exception e)
                {
                    StandardError.Write(
                        $"Exception in thread {Environment.CurrentManagedThreadId}, started by LowLevel.StartNewThread:{Environment.NewLine}{e}");
                }
            },
            (function, flow),
            isDaemon,
            Thread.StackSize,
            Thread.ReuseByDefault);
        return handle;
    }
}
