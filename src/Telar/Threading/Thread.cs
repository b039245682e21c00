using System.Diagnostics;
using System.Globalization;
using Telar.ContextVars;
using Telar.Threading.Threads;

namespace Telar.Threading;

/// <summary>A thread: code that runs beside the code that started it.</summary>
/// <remarks>
/// <para>
/// Give it a target, or inherit and override <see cref="Run"/>. It runs once. An exception that it does not catch ends this thread alone and
/// goes to <see cref="ExceptHook"/>: the program lives on, unlike with <see cref="System.Threading.Thread"/>. The program does not end
/// before its threads, unless they are daemons.
/// </para>
/// <para>
/// Python: <c>threading.Thread</c>, and the functions of the module <c>threading</c> as static members. <see cref="Join"/> says whether the
/// thread has ended, a thread can be awaited, it keeps the <see cref="Exception"/> that ended it, and it can be asked to stop
/// (<see cref="RequestStop"/>). It has no <c>group</c>; arguments are captured by the target.
/// </para>
/// <para>
/// <b>Thread safety.</b> All members may be used by any number of threads at once. <see cref="Daemon"/> can be set before the start only.
/// </para>
/// </remarks>
// State machine
//   That of its ThreadHandle: Initial, Starting, Running, Done.
// Invariants
//   I1  t_current of the thread that carries the body is this object from before Run until after the hook.
//   I2  It is listed in ThreadRegistry when Start returns, unless it has ended; and is not any more when Join returns.
//   I3  _name is made at the latest by Start; who asks before gets the same one.
// Ownership
//   Previous, Next and Membership belong to ThreadRegistry, under its lock.
[DebuggerDisplay("{ToString(),nq}")]
public partial class Thread
{
    // The runtime numbers its threads from 1, and the first is the one that enters Main.
    internal const int MainIdent = 1;

    private static int s_number;

    private readonly ThreadHandle _handle;
    private readonly Kind _kind;
    private readonly int _number;
    private readonly int? _stackSize;
    private readonly bool? _reuse;
    private Delegate? _target;
    private Context? _context;
    private string? _name;
    private bool _daemon;

    /// <summary>Makes a thread that will run a method or lambda.</summary>
    /// <param name="target">What to run. It is let go when it has ended.</param>
    /// <param name="name">Any text, see <see cref="Name"/>; <see langword="null"/> for <c>Thread-N (method)</c>.</param>
    /// <param name="daemon">Whether the program may end while it runs; <see langword="null"/> for the same as the creating thread's.</param>
    /// <param name="context">
    /// The context to run in, which no other thread may be in at that time; <see langword="null"/> for what
    /// <see cref="InheritContextByDefault"/> says.
    /// </param>
    /// <param name="stackSize">
    /// Bytes of stack, 0 or at least 32768; 0 takes the system's default, <see langword="null"/> what <see cref="StackSize"/> says at the start.
    /// </param>
    /// <param name="reuse">
    /// Whether it may run on a thread of the system that ran another <see cref="Thread"/> before; <see langword="null"/> for what
    /// <see cref="ReuseByDefault"/> says at the start.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stackSize"/> is negative or between 1 and 32767.</exception>
    public Thread(
        Action target, string? name = null, bool? daemon = null, Context? context = null, int? stackSize = null, bool? reuse = null)
        : this((Delegate)target, name, daemon, context, stackSize, reuse)
    {
    }

    /// <summary>Makes a thread that will run a method or lambda, which is told when it should stop.</summary>
    /// <param name="target">What to run; gets the token that <see cref="RequestStop"/> cancels.</param>
    /// <param name="name">As for the other constructor.</param>
    /// <param name="daemon">As for the other constructor.</param>
    /// <param name="context">As for the other constructor.</param>
    /// <param name="stackSize">As for the other constructor.</param>
    /// <param name="reuse">As for the other constructor.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stackSize"/> is negative or between 1 and 32767.</exception>
    public Thread(
        Action<CancellationToken> target,
        string? name = null,
        bool? daemon = null,
        Context? context = null,
        int? stackSize = null,
        bool? reuse = null)
        : this((Delegate)target, name, daemon, context, stackSize, reuse)
    {
    }

    /// <summary>Makes a thread that will run what the inheriting class writes into <see cref="Run"/>.</summary>
    /// <param name="name">As for the other constructors; <see langword="null"/> for <c>Thread-N</c>.</param>
    /// <param name="daemon">As for the other constructors.</param>
    /// <param name="context">As for the other constructors.</param>
    /// <param name="stackSize">As for the other constructors.</param>
    /// <param name="reuse">As for the other constructors.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stackSize"/> is negative or between 1 and 32767.</exception>
    protected Thread(string? name = null, bool? daemon = null, Context? context = null, int? stackSize = null, bool? reuse = null)
    {
        if (stackSize is { } size)
        {
            ThrowIfNoStackSize(size, nameof(stackSize));
        }

        _handle = new ThreadHandle(this);
        _daemon = daemon ?? CurrentIsDaemon;
        (_name, _context, _stackSize, _reuse) = (name, context, stackSize, reuse);
        _number = name is null ? Interlocked.Increment(ref s_number) : 0;
    }

    private Thread(Delegate target, string? name, bool? daemon, Context? context, int? stackSize, bool? reuse)
        : this(name, daemon, context, stackSize, reuse)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
    }

    // The main thread, or a dummy.
    private Thread(Kind kind, ThreadHandle handle, string name)
    {
        (_kind, _handle, _name, _daemon) = (kind, handle, name, kind == Kind.Dummy);
        ThreadRegistry.Add(this);
    }

    private enum Kind
    {
        Own,
        Main,
        Dummy,
    }

    /// <summary>Any text that tells a reader which thread it is.</summary>
    /// <value>
    /// By default <c>Thread-N</c>, with the name of the target's method behind it. Two threads may have the same. It may be set at any time;
    /// the system's thread gets it too, where Linux keeps the first 15 bytes, but for the main thread, whose name there is the program's.
    /// </value>
    /// <remarks>Python: <c>Thread.name</c>.</remarks>
    public string Name
    {
        get => Volatile.Read(ref _name) ?? MakeName();
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref _name, value);
            if (_kind != Kind.Main)
            {
                _handle.Rename(value);
            }
        }
    }

    /// <summary>Whether the program may end while this thread runs. Its <c>finally</c> blocks do not run then.</summary>
    /// <value>By default that of the thread that made this one; threads that Telar did not start count as daemons, the main thread does not.</value>
    /// <exception cref="InvalidOperationException">Set when the thread was started before, or is not one that can be started.</exception>
    /// <remarks>Python: <c>Thread.daemon</c>.</remarks>
    public bool Daemon
    {
        get => Volatile.Read(ref _daemon);
        set
        {
            if (!_handle.IsInitial)
            {
                throw new InvalidOperationException($"Daemon of {this} cannot be set any more: set it before Start, or give it to the constructor.");
            }

            Volatile.Write(ref _daemon, value);
        }
    }

    /// <summary>The number of the thread in this process, above 0; the runtime's <see cref="Environment.CurrentManagedThreadId"/>.</summary>
    /// <value><see langword="null"/> before the start. It stays when the thread has ended, and another thread may get the same one then.</value>
    /// <remarks>Python: <c>Thread.ident</c>.</remarks>
    public int? Ident => _handle.Ident is var ident and not 0 ? ident : null;

    /// <summary>The operating system's number of the thread, which no other thread of the machine has while it lives.</summary>
    /// <value><see langword="null"/> before the start, and where it is not known (the main thread, before it used Telar, but on Linux).</value>
    /// <remarks>Python: <c>Thread.native_id</c>.</remarks>
    public long? NativeId => _handle.NativeId is var id and not 0 ? id : null;

    /// <summary>Whether the thread runs: from just before <see cref="Run"/> begins until just after it has ended.</summary>
    /// <remarks>Python: <c>Thread.is_alive</c>. The main thread is alive until the end of the program begins.</remarks>
    public bool IsAlive => _handle.IsAlive;

    /// <summary>Whether this stands for a thread that Telar did not start, such as one of the thread pool.</summary>
    /// <value>Such a thread is a daemon; it can be neither started nor joined.</value>
    /// <remarks>Python: <c>_DummyThread</c>.</remarks>
    public bool IsDummy => _kind == Kind.Dummy;

    /// <summary>The exception that ended the thread.</summary>
    /// <value><see langword="null"/> while it runs, and when it ended well, by <see cref="LowLevel.Exit"/> or because it was asked to stop.</value>
    /// <remarks>Python has none: there only <c>threading.excepthook</c> sees it.</remarks>
    public Exception? Exception => Volatile.Read(ref _exception);

    /// <summary>The class, the name, whether it was started or has ended, whether it is a daemon, and its number.</summary>
    /// <returns>For example <c>Thread 'Thread-1 (Crawl)' started daemon 12</c>.</returns>
    public override string ToString()
    {
        string type = _kind switch
        {
            Kind.Main => "MainThread",
            Kind.Dummy => "DummyThread",
            _ => GetType().Name,
        };
        string state = _handle.IsInitial ? "initial" : _handle.IsAlive || !_handle.IsDone && _kind == Kind.Own ? "started" : "stopped";
        string number = Ident is { } ident ? string.Create(CultureInfo.InvariantCulture, $" {ident}") : "";
        return $"{type} '{Name}' {state}{(Daemon ? " daemon" : "")}{number}";
    }

    private static void ThrowIfNoStackSize(int size, string parameter)
    {
        if (size is not 0 and < MinStackSize)
        {
            throw new ArgumentOutOfRangeException(
                parameter, size, $"A stack of {size} bytes is too small: use at least {MinStackSize}, or 0 for the system's default.");
        }
    }

    private string MakeName()
    {
        string number = string.Create(CultureInfo.InvariantCulture, $"Thread-{_number}");
        string name = Volatile.Read(ref _target) is { } target ? $"{number} ({NameOf(target)})" : number;
        return Interlocked.CompareExchange(ref _name, name, null) ?? name;
    }

    // The compiler's names of lambdas (<Outer>b__1_0) and local functions (<Outer>g__Inner|1_0) hold the names in the source.
    private static string NameOf(Delegate target)
    {
        string name = target.Method.Name;
        int local = name.IndexOf("g__", StringComparison.Ordinal);
        int bar = name.LastIndexOf('|');
        if (name[0] == '<' && local > 0 && bar > local)
        {
            return name[(local + 3)..bar];
        }

        ReadOnlySpan<char> outer = name.AsSpan(name.LastIndexOf('<') + 1);
        int end = outer.IndexOf('>');
        return name[0] == '<' && end > 0 ? outer[..end].ToString() : name;
    }
}
