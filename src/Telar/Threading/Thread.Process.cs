using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Telar.Internal.Native;
using Telar.Threading.Threads;
using OsThread = System.Threading.Thread;

namespace Telar.Threading;

public partial class Thread
{
    private const int MinStackSize = 32768;

    private static readonly Thread s_main = new(Kind.Main, ThreadHandle.OfMain(), "MainThread");
    private static int s_dummyNumber;
    private static int s_stackSize;
    private static volatile bool s_inheritContext = true;
    private static volatile bool s_reuse;
    private static Action<ExceptHookArgs>? s_exceptHook;

    [ThreadStatic]
    private static Thread? t_current;

    /// <summary>The thread that runs this code.</summary>
    /// <value>
    /// On a thread that Telar did not start, such as one of the thread pool, a dummy that stands for it: the same one as long as that thread
    /// lives.
    /// </value>
    /// <remarks>After an <see langword="await"/> code may go on on another thread. Python: <c>threading.current_thread</c>.</remarks>
    public static Thread Current => t_current ?? AdoptCurrent();

    /// <summary>The thread that entered the program's <c>Main</c>.</summary>
    /// <remarks>Python: <c>threading.main_thread</c>.</remarks>
    public static Thread Main => s_main;

    /// <summary>How many threads are alive that <see cref="Enumerate"/> would list.</summary>
    /// <remarks>Python: <c>threading.active_count</c>.</remarks>
    public static int ActiveCount => ThreadRegistry.Count;

    /// <summary>The <see cref="Ident"/> of the calling thread.</summary>
    /// <remarks>Python: <c>threading.get_ident</c>.</remarks>
    public static int CurrentIdent => Environment.CurrentManagedThreadId;

    /// <summary>The <see cref="NativeId"/> of the calling thread; 0 on systems other than Linux, Windows and macOS.</summary>
    /// <remarks>Python: <c>threading.get_native_id</c>.</remarks>
    public static long CurrentNativeId => NativeThread.CurrentId;

    /// <summary>Bytes of stack for threads that are started from now on.</summary>
    /// <value>0, the default, takes the system's default; otherwise at least 32768. The system may round it up.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number, or one between 1 and 32767.</exception>
    /// <remarks>Python: <c>threading.stack_size</c>.</remarks>
    public static int StackSize
    {
        get => Volatile.Read(ref s_stackSize);
        set
        {
            ThrowIfNoStackSize(value, nameof(value));
            Volatile.Write(ref s_stackSize, value);
        }
    }

    /// <summary>Whether a thread sees the context variables and <see cref="AsyncLocal{T}"/> values of the code that starts it.</summary>
    /// <value>
    /// <see langword="true"/>, the default: it begins with those of the caller of <see cref="Start"/>, and its own changes stay its own.
    /// <see langword="false"/>: it begins with none. A thread that was given a context of its own runs in that one either way.
    /// </value>
    /// <remarks>Python: <c>sys.flags.thread_inherit_context</c>.</remarks>
    public static bool InheritContextByDefault
    {
        get => s_inheritContext;
        set => s_inheritContext = value;
    }

    /// <summary>Whether threads may run on threads of the system that ran others before, when they are not told otherwise.</summary>
    /// <value>
    /// <see langword="false"/> by default. <see langword="true"/> makes starting several times as quick. A thread of the system that is done
    /// waits up to 10 seconds for the next <see cref="Thread"/> with the same stack size.
    /// </value>
    /// <remarks>
    /// Of the one before nothing is left that Telar can see: name, priority, execution context, synchronization context, and the values of
    /// <see cref="Local{T}"/> and <see cref="LocalObject"/> are new. But fields marked with <see cref="ThreadStaticAttribute"/> and values of
    /// <see cref="ThreadLocal{T}"/> stay on the thread of the system, as they do in the thread pool: that is why it is off by default.
    /// <see cref="Ident"/> and <see cref="NativeId"/> may be those of an earlier thread. Python has none.
    /// </remarks>
    public static bool ReuseByDefault
    {
        get => s_reuse;
        set => s_reuse = value;
    }

    /// <summary>Is called with each exception that a thread did not catch, on that thread, before it ends.</summary>
    /// <value><see cref="DefaultExceptHook"/> at first; setting <see langword="null"/> brings it back.</value>
    /// <remarks>
    /// The thread is alive while the hook runs. What the hook itself throws is written to standard error, with the exception it was called
    /// for. A <see cref="ThreadExitException"/>, and the cancellation that <see cref="RequestStop"/> asked for, do not come here.
    /// Threads that Telar did not start are not covered: there an exception ends the program. Python: <c>threading.excepthook</c>.
    /// </remarks>
    [AllowNull]
    public static Action<ExceptHookArgs> ExceptHook
    {
        get => Volatile.Read(ref s_exceptHook) ?? DefaultExceptHook;
        set => Volatile.Write(ref s_exceptHook, value);
    }

    /// <summary>What <see cref="ExceptHook"/> does when nobody has set it: writes the thread and the exception to standard error.</summary>
    /// <remarks>Python: <c>threading.__excepthook__</c>.</remarks>
    public static Action<ExceptHookArgs> DefaultExceptHook { get; } = static args => StandardError.Write(
        $"Exception in {args.Thread?.ToString() ?? "a thread"}:{Environment.NewLine}{args.Exception}");

    /// <summary>The longest time that a wait accepts, other than for ever.</summary>
    /// <remarks>Python: <c>threading.TIMEOUT_MAX</c>.</remarks>
    public static TimeSpan TimeoutMax => TimeSpan.MaxValue;

    /// <summary>A token that is cancelled by Ctrl-C, or by <see cref="LowLevel.InterruptMain"/>.</summary>
    /// <value>
    /// From the first time this is read, the first Ctrl-C no longer ends the program but cancels this token, once and for all; a second
    /// one ends it. What the main thread waits in should get it.
    /// </value>
    /// <remarks>Python: <c>KeyboardInterrupt</c> in the main thread, which .NET cannot throw into running code.</remarks>
    public static CancellationToken MainInterrupted => MainInterrupt.Token;

    /// <summary>The system's main thread; <see langword="null"/> as long as no code on it has used a <see cref="Thread"/>.</summary>
    internal static OsThread? MainOs => s_main._handle.Os;

    internal static Thread? CurrentOrNull => t_current ?? (Environment.CurrentManagedThreadId == MainIdent ? AdoptMain() : null);

    private static bool CurrentIsDaemon => CurrentOrNull?.Daemon ?? true;

    /// <summary>The threads that are alive: those that Telar started, the main thread, and the dummies of other threads that used Telar.</summary>
    /// <returns>
    /// A snapshot, in the order in which they came to life. The main thread is in it to the end of the process, also when it has ended.
    /// </returns>
    /// <remarks>Python: <c>threading.enumerate</c>.</remarks>
    public static IReadOnlyList<Thread> Enumerate() => ThreadRegistry.Snapshot();

    /// <summary>Has something done when the program ends, before it waits for its threads: the place to tell them that they should.</summary>
    /// <param name="callback">What to do, on a thread of Telar's or the runtime's. What it throws is written to standard error.</param>
    /// <exception cref="InvalidOperationException">The program is ending already.</exception>
    /// <remarks>
    /// <para>The order when <c>Main</c> returns:</para>
    /// <list type="number">
    /// <item><see cref="Main"/> counts as ended: who joins it goes on.</item>
    /// <item>These callbacks, the last registered first, while the other threads still run.</item>
    /// <item>The runtime waits for all threads that are no daemons, also those that are started meanwhile.</item>
    /// <item>Handlers of <see cref="AppDomain.ProcessExit"/>: Python's <c>atexit</c>.</item>
    /// <item>The process ends, and daemons with it.</item>
    /// </list>
    /// <para>
    /// <see cref="Environment.Exit"/> waits for no threads: it runs the callbacks and the handlers, and ends. Where no code on the main thread
    /// has ever used a <see cref="Thread"/>, steps 1 and 2 come after step 3: the runtime tells nobody that <c>Main</c> has returned.
    /// Nothing of this happens when the process is killed, an exception leaves <c>Main</c>, or
    /// <see cref="Environment.FailFast(string)"/> is called.
    /// </para>
    /// <para>
    /// Python: <c>threading._register_atexit</c>.
    /// </para>
    /// </remarks>
    public static void RegisterAtExit(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (!ThreadShutdown.Register(callback))
        {
            throw new InvalidOperationException("A callback for the end of the program cannot be registered any more: the program is ending.");
        }
    }

    /// <summary>Calls the hook, and survives it.</summary>
    internal static void Report(ExceptHookArgs args)
    {
        try
        {
            ExceptHook(args);
        }
        catch (Exception e)
        {
            StandardError.Write(
                $"Thread.ExceptHook threw an exception:{Environment.NewLine}{e}{Environment.NewLine}" +
                $"It was called for this exception in {args.Thread?.ToString() ?? "a thread"}:{Environment.NewLine}{args.Exception}");
        }
    }

    /// <summary>A thread of the system that goes on is another one for Telar from now on.</summary>
    internal static void ForgetDummy()
    {
        if (t_current is { IsDummy: true } dummy)
        {
            dummy._handle.SetDone();
            ThreadRegistry.Remove(dummy);
            t_current = null;
        }
    }

    private static Thread AdoptMain()
    {
        s_main._handle.Adopt(OsThread.CurrentThread);
        t_current = s_main;
        ThreadShutdown.MainIsKnown();
        return s_main;
    }

    private static Thread AdoptCurrent()
    {
        if (CurrentOrNull is { } main)
        {
            return main;
        }

        string name = OsThread.CurrentThread.Name is { Length: > 0 } given
            ? given
            : string.Create(CultureInfo.InvariantCulture, $"Dummy-{Interlocked.Increment(ref s_dummyNumber)}");
        return t_current = new Thread(Kind.Dummy, ThreadHandle.OfThisThread(), name);
    }
}
