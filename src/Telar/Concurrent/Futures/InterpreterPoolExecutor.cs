using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Interpreters;

namespace Telar.Concurrent.Futures;

/// <summary>Runs calls in threads of its own, each with an interpreter of its own: a copy of the program's code and statics.</summary>
/// <remarks>
/// <para>
/// For code that keeps state in statics and was not written for threads: each thread has that state to itself, and calls run side by side. A
/// call crosses into the interpreter with what it captured, and its result comes back, as in <see cref="Interpreter.Call(Action)"/>. Nothing
/// else is isolated: what takes the process down, takes all of it down; <see cref="ProcessPoolExecutor"/> is for that.
/// </para>
/// <para>
/// An exception of a call comes back as the caller's own type with the stack of the interpreter, or as <see cref="ExecutionFailedException"/> when the
/// caller has no such type. Contexts, time limits, priorities and the end of the program are as in <see cref="ThreadPoolExecutor"/>; context
/// variables are Telar's own objects and seen in there as they were at the submission. A pool that is shut down closes its interpreters.
/// </para>
/// <para>
/// Python: <c>concurrent.futures.InterpreterPoolExecutor</c>, a <c>ThreadPoolExecutor</c> as here, where an exception also has an <c>ExecutionFailed</c> as its cause.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <example><code>
/// using var pool = new InterpreterPoolExecutor(maxWorkers: 4);
/// Future&lt;int> answer = pool.Submit(() => 6 * 7);
/// </code></example>
public sealed class InterpreterPoolExecutor : ThreadPoolExecutor
{
    private static int s_count;

    /// <summary>Makes a pool of the default size: 4 threads more than processors, at most 32.</summary>
    /// <exception cref="PlatformNotSupportedException">The program has not all of its assemblies as files: it was published as a single file, trimmed, or compiled ahead of time.</exception>
    public InterpreterPoolExecutor()
        : this(new InterpreterPoolOptions())
    {
    }

    /// <summary>Makes a pool of at most so many threads. They are started when calls need them.</summary>
    /// <param name="maxWorkers">The number, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWorkers"/> is below 1.</exception>
    /// <exception cref="PlatformNotSupportedException">The program has not all of its assemblies as files: it was published as a single file, trimmed, or compiled ahead of time.</exception>
    public InterpreterPoolExecutor(int maxWorkers)
        : this(new InterpreterPoolOptions { MaxWorkers = maxWorkers })
    {
    }

    /// <summary>Makes a pool.</summary>
    /// <param name="options">How it makes and ends its threads and their interpreters.</param>
    /// <exception cref="NotShareableException">The initializer holds something that cannot cross.</exception>
    /// <exception cref="PlatformNotSupportedException">The program has not all of its assemblies as files: it was published as a single file, trimmed, or compiled ahead of time.</exception>
    public InterpreterPoolExecutor(InterpreterPoolOptions options)
        : this(NameOf(options), options)
    {
    }

    private InterpreterPoolExecutor(string name, InterpreterPoolOptions options)
        : base(name, options, new InterpreterRole(name, options))
    {
    }

    internal override string? RunsApartIn => "other interpreters";

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        // Before the call is packed: that it cannot cross is no news of a pool that takes no calls.
        ThrowIfClosed();
        return base.SubmitCore(new InterpreterCall<T>(call), options, cancellationToken);
    }

    // Threads that share their caller's objects take a function as it is. Here it has to cross, as every call.
    private protected override Future<T> SubmitFunction<T>(Func<T> function) =>
        SubmitCore(new FuncCall<T>(function), CallOptions.Default, CancellationToken.None);

    private static string NameOf(InterpreterPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ProgramAssemblies.ThrowIfNotSupported();
        return NameOf(options, nameof(InterpreterPoolExecutor), ref s_count);
    }
}
