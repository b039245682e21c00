using System.Diagnostics;
using System.Globalization;
using System.Runtime.Loader;
using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

// State machine
//
//   Open ---- Close, when nothing runs ----> Closed ---- nothing in there is referred to any more ----> unloaded (the runtime does it)
//
// Invariants
//   I1  _context is null  <=>  this is the main interpreter, or it is closed. Whoever runs code has entered before (I2), so he sees it.
//   I2  _running is the number of those who have entered and not left. Enter counts and Close refuses under _gate: a call either
//       keeps the interpreter open, or finds it closed.
//   I3  Nothing outside of the load context refers to anything in it but _context, Symbols and _names, which Close lets go. What the codec
//       remembers about its types lives as long as they do (MemberTable).
// Locks
//   _gate guards _context, _running, _isClosed, _symbols and _names. It is a leaf: no code of the interpreter runs under it.
// Ownership
//   The registry holds no interpreter alive. One that nobody holds and nothing runs in is unloaded without having been closed.

/// <summary>
/// A second copy of this program inside the same process: its classes with statics of their own, its types apart from everybody else's.
/// </summary>
/// <remarks>
/// <para>
/// Each interpreter is a collectible <see cref="AssemblyLoadContext"/>. It loads the program's assemblies anew as code in it needs them; the
/// assemblies of .NET and of Telar are shared. A lambda given to <see cref="Call(Action)"/> runs as the interpreter's own copy of that
/// code: what it captured, its argument and its result are copied on the way, except what <see cref="IsShareable"/> names. Any number of
/// threads may run code in one interpreter at once.
/// </para>
/// <para>
/// Statics are apart; memory, processors, the garbage collector, the current directory, the environment, the console, native libraries and the
/// statics of .NET are not, and an interpreter that crashes takes the process along. Use a process where that matters. The whole
/// list is in docs/reference/interpreters.md.
/// </para>
/// <para>
/// Python: <c>concurrent.interpreters.Interpreter</c> and the functions of that module. It has a lock for each interpreter, so one call at
/// a time; here there is none.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <example><code>
/// using Interpreter interpreter = Interpreter.Create();
/// int sum = interpreter.Call(() => Enumerable.Range(1, 10).Sum());
/// </code></example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class Interpreter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly WeakReference? _unloading;
    private readonly bool _isMain;
    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);
    private InterpreterLoadContext? _context;
    private SymbolResolver? _symbols;
    private int _running;
    private bool _isClosed;

    // The main interpreter.
    private Interpreter()
    {
        _isMain = true;
        (Name, Whence) = ("main", "the start of the program");
        _symbols = SymbolResolver.Application;
        Life = new InterpreterLife(0);
    }

    private Interpreter(InterpreterOptions options, string whence)
    {
        Life = new InterpreterLife(InterpreterRegistry.Add(this));
        Name = options.Name ?? string.Create(CultureInfo.InvariantCulture, $"interpreter-{Id}");
        Whence = whence;
        _context = new InterpreterLoadContext(this, Name, options.SharedAssemblies);
        _symbols = new SymbolResolver(new Modules(_context));
        _unloading = new WeakReference(_context, trackResurrection: true);
    }

    /// <summary>The interpreter in which the program was started.</summary>
    /// <value>Number 0. It is always running, and cannot be closed.</value>
    /// <remarks>Python: <c>concurrent.interpreters.get_main</c>.</remarks>
    public static Interpreter Main { get; } = new();

    /// <summary>The interpreter in which the caller runs.</summary>
    /// <value>It goes along with async code, and with threads and tasks started in it.</value>
    /// <remarks>
    /// It is what <see cref="AssemblyLoadContext.CurrentContextualReflectionContext"/> says: names of types and assemblies that are given as text
    /// mean those of this interpreter. Python: <c>concurrent.interpreters.get_current</c>.
    /// </remarks>
    public static Interpreter Current => AssemblyLoadContext.CurrentContextualReflectionContext is InterpreterLoadContext context ? context.Interpreter : Main;

    /// <summary>The number of the interpreter in this process; no other one ever has it.</summary>
    /// <remarks>Python: <c>Interpreter.id</c>.</remarks>
    public long Id => Life.Id;

    /// <summary>Any text that tells a reader which interpreter it is.</summary>
    public string Name { get; }

    /// <summary>How the interpreter came to be, as text for a reader.</summary>
    /// <remarks>Python: <c>Interpreter.whence</c>.</remarks>
    public string Whence { get; }

    /// <summary>Whether a call that Telar knows of runs in it at this moment: calls and threads made by the methods of this class.</summary>
    /// <value>Always <see langword="true"/> for <see cref="Main"/>. Threads and tasks that a call has left behind do not count.</value>
    /// <remarks>Python: <c>Interpreter.is_running</c>.</remarks>
    public bool IsRunning => _isMain || Volatile.Read(ref _running) > 0;

    /// <summary>Whether <see cref="Close"/> has closed it.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Whether its code and statics are gone from memory.</summary>
    /// <value>
    /// <see langword="true"/> some time after it was closed: at the garbage collection after which nothing refers to it any more. What holds
    /// it: a thread, task or timer that was started in it and goes on, and an object or delegate of it that somebody outside holds, such
    /// as a handler of an event of .NET.
    /// </value>
    /// <remarks>Telar's own.</remarks>
    public bool IsUnloaded => _unloading is { IsAlive: false };

    /// <summary>What the items that it has put into queues look at.</summary>
    internal InterpreterLife Life { get; }

    /// <summary>Whose types and methods a name on the wire means in here.</summary>
    /// <exception cref="InterpreterNotFoundException">It is closed.</exception>
    internal SymbolResolver Symbols => Volatile.Read(ref _symbols) ?? throw NotFound();

    /// <summary>Makes an interpreter.</summary>
    /// <param name="options">Its name and what it shares; <see langword="null"/> for the defaults.</param>
    /// <returns>An idle interpreter that has loaded nothing yet. The caller closes it.</returns>
    /// <exception cref="PlatformNotSupportedException">The program has not all of its assemblies as files: it was published as a single file, trimmed, or compiled ahead of time.</exception>
    /// <remarks>It may be made inside another one, and does not end with that. Python: <c>concurrent.interpreters.create</c>.</remarks>
    public static Interpreter Create(InterpreterOptions? options = null) => Create(options ?? new InterpreterOptions(), "Interpreter.Create");

    /// <summary>All interpreters that are not closed.</summary>
    /// <returns>The main one first, then by age.</returns>
    /// <remarks>Python: <c>concurrent.interpreters.list_all</c>.</remarks>
    public static IReadOnlyList<Interpreter> ListAll() => [Main, .. InterpreterRegistry.Interpreters()];

    /// <summary>Finds an interpreter by its number.</summary>
    /// <param name="id">Its <see cref="Id"/>.</param>
    /// <returns>The interpreter: there is one object for each.</returns>
    /// <exception cref="InterpreterNotFoundException">It is closed, or there never was one.</exception>
    /// <remarks>Python: <c>Interpreter(id)</c>.</remarks>
    public static Interpreter Find(long id) => ListAll().FirstOrDefault(interpreter => interpreter.Id == id) ?? throw new InterpreterNotFoundException(
        id, $"There is no interpreter {id}: it is closed, or nobody holds it any more, or there never was one. ListAll() tells which there are.");

    /// <summary>Makes a queue between interpreters.</summary>
    /// <typeparam name="T">What travels through the queue.</typeparam>
    /// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
    /// <param name="unboundPolicy">What becomes of items whose interpreter is closed.</param>
    /// <returns>An empty queue. Pass it to calls: every interpreter works on the same one.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="unboundPolicy"/> is not one of the named values.</exception>
    /// <remarks>Python: <c>concurrent.interpreters.create_queue</c>.</remarks>
    public static InterpreterQueue<T> CreateQueue<T>(int maxSize = 0, UnboundPolicy unboundPolicy = UnboundPolicy.Keep) => new(maxSize, unboundPolicy);

    /// <summary>Whether interpreters may use one object together, so that it need not be copied to reach another one.</summary>
    /// <param name="value">The object.</param>
    /// <returns>
    /// <see langword="true"/> for <see langword="null"/>, strings, numbers, dates, <see cref="Guid"/>, <see cref="Uri"/>, <see cref="Version"/>, tuples of these,
    /// <see cref="CancellationToken"/>, <see cref="Memory{T}"/> of numbers (the memory is shared), interpreters and their queues, and the locks,
    /// conditions, events and semaphores of <see cref="Telar.Threading"/>. Others are copied, or refused with <see cref="NotShareableException"/>.
    /// Immutable ones inside of another value are copied with it all the same, which only a comparison of references can tell.
    /// </returns>
    /// <remarks>Python: <c>concurrent.interpreters.is_shareable</c>.</remarks>
    public static bool IsShareable(object? value) => Shareables.Contains(value);

    /// <summary>Closes the interpreter: it takes no more calls, and is unloaded when nothing refers to its code and objects any more.</summary>
    /// <exception cref="InterpreterException">It is the main one, or calls run in it, the caller's own included. It stays as it is.</exception>
    /// <exception cref="InterpreterNotFoundException">It is closed already.</exception>
    /// <remarks>
    /// Threads and tasks that its code has started and left behind cannot be stopped from outside: they go on, and keep it in memory until
    /// they end (<see cref="IsUnloaded"/>). Python: <c>Interpreter.close</c>.
    /// </remarks>
    public void Close()
    {
        if (_isMain)
        {
            throw new InterpreterException(Id, "The main interpreter cannot be closed: it is the program. Let Main return.");
        }

        InterpreterLoadContext context;
        lock (_gate)
        {
            if (_running > 0)
            {
                throw new InterpreterException(Id, Current == this
                    ? $"{this} cannot close itself: the code that asks for it runs in it. Let the call return, and close it outside."
                    : $"{this} cannot be closed while {_running} of its calls run. Wait for them, or ask them to stop by a token, and close it then.");
            }

            context = _context ?? throw NotFound();
            Volatile.Write(ref _isClosed, true);
            Volatile.Write(ref _symbols, null);
            _context = null;
            _names.Clear();
        }

        InterpreterRegistry.Remove(this);
        Life.End();
        foreach (InterpreterQueueCore queue in InterpreterRegistry.Queues())
        {
            queue.RemoveUnbound();
        }

        context.Unload();
    }

    /// <summary>Closes the interpreter as <see cref="Close"/> does, unless that is done already.</summary>
    /// <exception cref="InterpreterException">Calls run in it. It stays as it is.</exception>
    public void Dispose()
    {
        if (!IsClosed)
        {
            Close();
        }
    }

    /// <summary>The name, the number, and whether it is running or closed.</summary>
    /// <returns>For example <c>Interpreter 3 'worker_0' (running)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"Interpreter {Id} '{Name}' ({(IsClosed ? "closed" : IsRunning ? "running" : "idle")})");

    internal static Interpreter Create(InterpreterOptions options, string whence)
    {
        ProgramAssemblies.ThrowIfNotSupported();
        return new Interpreter(options, whence);
    }

    private InterpreterNotFoundException NotFound() => new(Id, $"Interpreter {Id} '{Name}' is closed and runs nothing any more. Make a new one.");
}
