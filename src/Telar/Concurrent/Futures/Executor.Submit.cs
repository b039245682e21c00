using System.Runtime.CompilerServices;
using Telar.Concurrent.Futures.Calls;

namespace Telar.Concurrent.Futures;

// One overload a shape of delegate, as in Task.Run: the compiler picks the one that fits the lambda or method group.
// The forms with an argument stand back: 'Submit(_ => true, options)' passes options, and not an argument of type CallOptions.
public abstract partial class Executor
{
    /// <summary>Calls an action.</summary>
    /// <param name="action">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Action action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCall(new ActionCall(action), null, cancellationToken);
    }

    /// <summary>Calls an action.</summary>
    /// <param name="action">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Action action, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCall(new ActionCall(action), options, cancellationToken);
    }

    /// <summary>Calls a function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return !cancellationToken.CanBeCanceled && IsDirect
            ? SubmitFunction(function)
            : SubmitWhole(new FuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls a function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<T> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new FuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an async function without a result.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Func<Task> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncActionCall(function), null, cancellationToken);
    }

    /// <summary>Calls an async function without a result.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Func<Task> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncActionCall(function), options, cancellationToken);
    }

    /// <summary>Calls an async function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<Task<T>> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncFuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls an async function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<Task<T>> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncFuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an action that can be asked to stop.</summary>
    /// <param name="action">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Action<CancellationToken> action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCall(new TokenActionCall(action), null, cancellationToken);
    }

    /// <summary>Calls an action that can be asked to stop.</summary>
    /// <param name="action">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Action<CancellationToken> action, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCall(new TokenActionCall(action), options, cancellationToken);
    }

    /// <summary>Calls a function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<CancellationToken, T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new TokenFuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls a function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<CancellationToken, T> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new TokenFuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an async function without a result that can be asked to stop.</summary>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Func<CancellationToken, Task> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncTokenActionCall(function), null, cancellationToken);
    }

    /// <summary>Calls an async function without a result that can be asked to stop.</summary>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future Submit(Func<CancellationToken, Task> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncTokenActionCall(function), options, cancellationToken);
    }

    /// <summary>Calls an async function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<CancellationToken, Task<T>> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncTokenFuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls an async function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Future<T> Submit<T>(Func<CancellationToken, Task<T>> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncTokenFuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an action of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="action">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future Submit<TArg>(Action<TArg> action, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCall(new ArgActionCall<TArg>(action, argument), null, cancellationToken);
    }

    /// <summary>Calls an action of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="action">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future Submit<TArg>(Action<TArg> action, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCall(new ArgActionCall<TArg>(action, argument), options, cancellationToken);
    }

    /// <summary>Calls a function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future<T> Submit<TArg, T>(Func<TArg, T> function, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new ArgFuncCall<TArg, T>(function, argument), null, cancellationToken);
    }

    /// <summary>Calls a function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future<T> Submit<TArg, T>(Func<TArg, T> function, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new ArgFuncCall<TArg, T>(function, argument), options, cancellationToken);
    }

    /// <summary>Calls an async function of one argument without a result.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future Submit<TArg>(Func<TArg, Task> function, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncArgActionCall<TArg>(function, argument), null, cancellationToken);
    }

    /// <summary>Calls an async function of one argument without a result.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future Submit<TArg>(Func<TArg, Task> function, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncArgActionCall<TArg>(function, argument), options, cancellationToken);
    }

    /// <summary>Calls an async function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future<T> Submit<TArg, T>(Func<TArg, Task<T>> function, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncArgFuncCall<TArg, T>(function, argument), null, cancellationToken);
    }

    /// <summary>Calls an async function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop (see <see cref="Future.CancelRunning"/>).</param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Future<T> Submit<TArg, T>(Func<TArg, Task<T>> function, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCall(new AsyncArgFuncCall<TArg, T>(function, argument), options, cancellationToken);
    }
}
