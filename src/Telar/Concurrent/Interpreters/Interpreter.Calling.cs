using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Telar.Multiprocessing.Workers;
using TelarThread = Telar.Threading.Thread;

namespace Telar.Concurrent.Interpreters;

public sealed partial class Interpreter
{
    /// <summary>Runs an action in this interpreter, on the calling thread.</summary>
    /// <param name="action">What to run. It crosses with what it captured.</param>
    /// <exception cref="ExecutionFailedException">The action threw.</exception>
    /// <exception cref="NotShareableException">It has captured something that cannot cross. Nothing was run.</exception>
    /// <exception cref="InterpreterException">The interpreter does not have what the action needs. Nothing was run.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    /// <remarks>Python: <c>Interpreter.call</c>.</remarks>
    public void Call(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _ = RunHere<object>(new InterpreterActionCall(action), CancellationToken.None);
    }

    /// <summary>Runs a function in this interpreter, on the calling thread.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to run. It crosses with what it captured.</param>
    /// <returns>A copy of the result, or the result itself if <see cref="IsShareable"/>.</returns>
    /// <inheritdoc cref="Call(Action)" path="/exception"/>
    /// <remarks>Python: <c>Interpreter.call</c>.</remarks>
    public T Call<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunHere<T>(new InterpreterFuncCall<T>(function), CancellationToken.None);
    }

    /// <summary>Runs a function that can be asked to stop in this interpreter, on the calling thread.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to run; it gets the token.</param>
    /// <param name="cancellationToken">Asks the call to stop; it returns when the function does.</param>
    /// <returns>A copy of the result, or the result itself if <see cref="IsShareable"/>.</returns>
    /// <exception cref="OperationCanceledException">The function followed the token.</exception>
    /// <inheritdoc cref="Call(Action)" path="/exception"/>
    /// <remarks>Python: <c>Interpreter.call</c>, which cannot be stopped.</remarks>
    public T Call<T>(Func<CancellationToken, T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        cancellationToken.ThrowIfCancellationRequested();
        return RunHere<T>(new InterpreterTokenFuncCall<T>(function), cancellationToken);
    }

    /// <summary>Runs an action of one argument in this interpreter, on the calling thread.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="action">What to run.</param>
    /// <param name="argument">The argument; the action gets a copy, or itself if <see cref="IsShareable"/>.</param>
    /// <inheritdoc cref="Call(Action)" path="/exception"/>
    /// <remarks>Python: <c>Interpreter.call</c>.</remarks>
    [OverloadResolutionPriority(-1)]
    public void Call<TArg>(Action<TArg> action, TArg argument)
    {
        ArgumentNullException.ThrowIfNull(action);
        _ = RunHere<object>(new InterpreterArgActionCall<TArg>(action, argument), CancellationToken.None);
    }

    /// <summary>Runs a function of one argument in this interpreter, on the calling thread.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to run.</param>
    /// <param name="argument">The argument; the function gets a copy, or itself if <see cref="IsShareable"/>.</param>
    /// <returns>A copy of the result, or the result itself if <see cref="IsShareable"/>.</returns>
    /// <inheritdoc cref="Call(Action)" path="/exception"/>
    /// <remarks>Python: <c>Interpreter.call</c>.</remarks>
    [OverloadResolutionPriority(-1)]
    public T Call<TArg, T>(Func<TArg, T> function, TArg argument)
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunHere<T>(new InterpreterArgFuncCall<TArg, T>(function, argument), CancellationToken.None);
    }

    /// <summary>Runs an action in this interpreter, on a thread of .NET's pool.</summary>
    /// <param name="action">What to run. It has crossed when this returns.</param>
    /// <param name="cancellationToken">Cancels the call while no thread has taken it.</param>
    /// <returns>A task that ends as the call ends; see <see cref="Call(Action)"/> for its exceptions.</returns>
    /// <exception cref="NotShareableException">It has captured something that cannot cross. Nothing was run.</exception>
    public Task CallAsync(Action action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunOnPoolAsync<object>(new InterpreterActionCall(action), cancellationToken);
    }

    /// <summary>Runs a function in this interpreter, on a thread of .NET's pool.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to run. It has crossed when this returns.</param>
    /// <param name="cancellationToken">Cancels the call while no thread has taken it.</param>
    /// <returns>A task with the result; see <see cref="Call(Action)"/> for its exceptions.</returns>
    /// <exception cref="NotShareableException">It has captured something that cannot cross. Nothing was run.</exception>
    public Task<T> CallAsync<T>(Func<T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunOnPoolAsync<T>(new InterpreterFuncCall<T>(function), cancellationToken);
    }

    /// <summary>Runs an async function in this interpreter, beginning on a thread of .NET's pool.</summary>
    /// <param name="function">What to run. It has crossed when this returns.</param>
    /// <param name="cancellationToken">Cancels the call while it has not begun.</param>
    /// <returns>A task that ends as the function's ends; see <see cref="Call(Action)"/> for its exceptions.</returns>
    /// <exception cref="NotShareableException">It has captured something that cannot cross. Nothing was run.</exception>
    public Task CallAsync(Func<Task> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunAsync<object>(new InterpreterAsyncActionCall(function), cancellationToken);
    }

    /// <summary>Runs an async function in this interpreter, beginning on a thread of .NET's pool.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to run. It has crossed when this returns.</param>
    /// <param name="cancellationToken">Cancels the call while it has not begun.</param>
    /// <returns>A task with the result; see <see cref="Call(Action)"/> for its exceptions.</returns>
    /// <exception cref="NotShareableException">It has captured something that cannot cross. Nothing was run.</exception>
    public Task<T> CallAsync<T>(Func<Task<T>> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunAsync<T>(new InterpreterAsyncFuncCall<T>(function), cancellationToken);
    }

    /// <summary>Runs an action in this interpreter, on a new thread.</summary>
    /// <param name="action">What to run. It has crossed when this returns.</param>
    /// <param name="name">The name of the thread; <see langword="null"/> for <c>Thread-N</c>.</param>
    /// <param name="daemon">Whether the program may end while it runs; <see langword="null"/> for the same as the calling thread's.</param>
    /// <returns>
    /// The thread, which was started. An exception of the action goes to <see cref="TelarThread.ExceptHook"/> as <see cref="ExecutionFailedException"/>.
    /// </returns>
    /// <exception cref="NotShareableException">It has captured something that cannot cross. Nothing was run.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    /// <remarks>The interpreter counts as running from now on. Python: <c>Interpreter.call_in_thread</c>.</remarks>
    public TelarThread CallInThread(Action action, string? name = null, bool? daemon = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        Parcel call = Parcel.Pack<RemoteCall>(new InterpreterActionCall(action));
        Interpreter caller = Current;
        AssemblyLoadContext context = CountIn();
        try
        {
            var thread = new TelarThread(() => RunAndLeave(context, call).Result<object>(caller, CancellationToken.None), name, daemon);
            thread.Start();
            return thread;
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Runs a call that was packed elsewhere, on the calling thread.</summary>
    internal CallOutcome Run(Parcel call, CancellationToken cancellationToken) => RunAndLeave(CountIn(), call, cancellationToken);

    private CallOutcome RunAndLeave(AssemblyLoadContext context, Parcel call, CancellationToken cancellationToken = default)
    {
        ExecutionContext? outside = ExecutionContext.Capture();
        try
        {
            using AssemblyLoadContext.ContextualReflectionScope scope = context.EnterContextualReflection();
            RemoteCall copy = call.Open<RemoteCall>(this);
            var recorder = new CallRecorder(cancellationToken);
            try
            {
                copy.Execute(recorder);
                return CallOutcome.Returned(this, recorder.Value);
            }
            catch (Exception exception)
            {
                return CallOutcome.Threw(this, exception, cancellationToken);
            }
        }
        finally
        {
            RestoreContext(outside);
            Leave();
        }
    }

    private T RunHere<T>(RemoteCall call, CancellationToken cancellationToken)
    {
        Interpreter caller = Current;
        return Run(Parcel.Pack(call), cancellationToken).Result<T>(caller, cancellationToken);
    }

    private Task<T> RunOnPoolAsync<T>(RemoteCall call, CancellationToken cancellationToken)
    {
        Interpreter caller = Current;
        Parcel parcel = Parcel.Pack(call);
        return Task.Run(() => Run(parcel, CancellationToken.None).Result<T>(caller, CancellationToken.None), cancellationToken);
    }

    private Task<T> RunAsync<T>(InterpreterAsyncCall call, CancellationToken cancellationToken)
    {
        Interpreter caller = Current;
        Parcel parcel = Parcel.Pack(call);
        return Task.Run(
            async () =>
            {
                CallOutcome outcome = await RunAsync(parcel).ConfigureAwait(false);
                return outcome.Result<T>(caller, CancellationToken.None);
            },
            cancellationToken);
    }

    private async Task<CallOutcome> RunAsync(Parcel call)
    {
        AssemblyLoadContext context = CountIn();
        try
        {
            using AssemblyLoadContext.ContextualReflectionScope scope = context.EnterContextualReflection();
            InterpreterAsyncCall copy = call.Open<InterpreterAsyncCall>(this);
            var recorder = new CallRecorder(CancellationToken.None);
            try
            {
                await copy.ExecuteAsync(recorder).ConfigureAwait(false);
                return CallOutcome.Returned(this, recorder.Value);
            }
            catch (Exception exception)
            {
                return CallOutcome.Threw(this, exception, CancellationToken.None);
            }
        }
        finally
        {
            Leave();
        }
    }

    // What the code has set in its context (an AsyncLocal) is not for the caller, whose thread would keep the interpreter in memory by it.
    private static void RestoreContext(ExecutionContext? outside)
    {
        if (outside is not null)
        {
            ExecutionContext.Restore(outside);
        }
    }

    // Holds the interpreter open until Leave.
    private AssemblyLoadContext CountIn()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw NotFound();
            }

            _running++;
            return (AssemblyLoadContext?)_context ?? AssemblyLoadContext.Default;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _running--;
        }
    }
}
