using System.Runtime.CompilerServices;
using Telar.Concurrent.Futures.Calls;

namespace Telar.Concurrent.Futures;

// The shapes of Submit, for those who want the task of the result at once.
public abstract partial class Executor
{
    /// <summary>Calls an action.</summary>
    /// <param name="action">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Action action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCallAsync(new ActionCall(action), null, cancellationToken);
    }

    /// <summary>Calls an action.</summary>
    /// <param name="action">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Action action, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCallAsync(new ActionCall(action), options, cancellationToken);
    }

    /// <summary>Calls a function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new FuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls a function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<T> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new FuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an async function without a result.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Func<Task> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncActionCall(function), null, cancellationToken);
    }

    /// <summary>Calls an async function without a result.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Func<Task> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncActionCall(function), options, cancellationToken);
    }

    /// <summary>Calls an async function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<Task<T>> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncFuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls an async function.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<Task<T>> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncFuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an action that can be asked to stop.</summary>
    /// <param name="action">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Action<CancellationToken> action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCallAsync(new TokenActionCall(action), null, cancellationToken);
    }

    /// <summary>Calls an action that can be asked to stop.</summary>
    /// <param name="action">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Action<CancellationToken> action, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCallAsync(new TokenActionCall(action), options, cancellationToken);
    }

    /// <summary>Calls a function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<CancellationToken, T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new TokenFuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls a function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<CancellationToken, T> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new TokenFuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an async function without a result that can be asked to stop.</summary>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Func<CancellationToken, Task> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncTokenActionCall(function), null, cancellationToken);
    }

    /// <summary>Calls an async function without a result that can be asked to stop.</summary>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task SubmitAsync(Func<CancellationToken, Task> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncTokenActionCall(function), options, cancellationToken);
    }

    /// <summary>Calls an async function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<CancellationToken, Task<T>> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncTokenFuncCall<T>(function), null, cancellationToken);
    }

    /// <summary>Calls an async function that can be asked to stop.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call; it gets a token that is cancelled when the call is to stop.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public Task<T> SubmitAsync<T>(Func<CancellationToken, Task<T>> function, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncTokenFuncCall<T>(function), options, cancellationToken);
    }

    /// <summary>Calls an action of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="action">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task SubmitAsync<TArg>(Action<TArg> action, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCallAsync(new ArgActionCall<TArg>(action, argument), null, cancellationToken);
    }

    /// <summary>Calls an action of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="action">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task SubmitAsync<TArg>(Action<TArg> action, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return SubmitCallAsync(new ArgActionCall<TArg>(action, argument), options, cancellationToken);
    }

    /// <summary>Calls a function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task<T> SubmitAsync<TArg, T>(Func<TArg, T> function, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new ArgFuncCall<TArg, T>(function, argument), null, cancellationToken);
    }

    /// <summary>Calls a function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task<T> SubmitAsync<TArg, T>(Func<TArg, T> function, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new ArgFuncCall<TArg, T>(function, argument), options, cancellationToken);
    }

    /// <summary>Calls an async function of one argument without a result.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task SubmitAsync<TArg>(Func<TArg, Task> function, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncArgActionCall<TArg>(function, argument), null, cancellationToken);
    }

    /// <summary>Calls an async function of one argument without a result.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task SubmitAsync<TArg>(Func<TArg, Task> function, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncArgActionCall<TArg>(function, argument), options, cancellationToken);
    }

    /// <summary>Calls an async function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task<T> SubmitAsync<TArg, T>(Func<TArg, Task<T>> function, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncArgFuncCall<TArg, T>(function, argument), null, cancellationToken);
    }

    /// <summary>Calls an async function of one argument.</summary>
    /// <typeparam name="TArg">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="options">How to run the call; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call: a pending one never runs, a running one is asked to stop.</param>
    /// <returns>A task that ends as the call ends.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    [OverloadResolutionPriority(-1)]
    public Task<T> SubmitAsync<TArg, T>(Func<TArg, Task<T>> function, TArg argument, CallOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return SubmitCallAsync(new AsyncArgFuncCall<TArg, T>(function, argument), options, cancellationToken);
    }
}
