namespace Telar.ContextVars;

// State machine
//
//                 Enter: compare and exchange
//   resting  ------------------------------------>  entered
//   _state.Entry is null                            _state.Entry is the state that Enter made
//            <------------------------------------    | ^
//                 Leave                               +-+  Record: each Set and Reset of code that runs in it
//
// Invariants
//   I1  _state.Home is this context, and _state is replaced as a whole, by compare and exchange: Enter wins against Enter on one thread only, and
//       Record changes nothing once Leave of the same entry is over, because _state.Entry is another one then.
//   I2  While one flow only runs in the context, _state is the state in the slot of this flow. Flows that fork off (an async method, a task)
//       have states of their own; each of their changes goes variable by variable into _state, the last one wins.
//   I3  After Run, _state has the values that the flow which called Run had at its end, whatever other flows did.
// Ownership
//   The state that Enter returns is the right to Leave. It stays with the call of Run or RunAsync.
public sealed partial class Context
{
    private FlowState _state;

    /// <summary>Whether code is running in it now.</summary>
    /// <value>A snapshot: it may have changed when the caller looks at it.</value>
    public bool IsEntered => Volatile.Read(ref _state).Entry is not null;

    /// <summary>What a new flow starts with that sets its first variable.</summary>
    internal FlowState Resting => Volatile.Read(ref _state);

    // A flow that runs in the context sees what it has set itself, not what another flow did that forked off.
    private ContextMap Values
    {
        get
        {
            FlowState state = Volatile.Read(ref _state);
            return state.Entry is not null && FlowState.Current is { } current && ReferenceEquals(current.Entry, state.Entry)
                ? current.Values
                : state.Values;
        }
    }

    /// <summary>Calls a function with the values of this context.</summary>
    /// <param name="action">
    /// What to call. What it sets stays in the context and is gone from the caller. For an async function use
    /// <see cref="RunAsync(Func{Task}, CancellationToken)"/>: this method leaves the context when the function returns its task.
    /// </param>
    /// <exception cref="InvalidOperationException">Code runs in the context already, here or on another thread. Nothing was called.</exception>
    /// <remarks>
    /// <para>An exception of the function passes through; what it had set until then stays in the context.</para>
    /// <para>
    /// Values of an <see cref="AsyncLocal{T}"/> are no part of a context: what the function sets there stays visible to the caller, as after
    /// any call.
    /// </para>
    /// <para>Python: <c>Context.run</c>.</para>
    /// </remarks>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        FlowState? outer = FlowState.Current;
        FlowState entry = Enter();
        try
        {
            FlowState.Current = entry;
            action();
        }
        finally
        {
            Leave(entry, FlowState.Current);
            FlowState.Current = outer;
        }
    }

    /// <inheritdoc cref="Run(Action)"/>
    /// <param name="function">
    /// What to call. What it sets stays in the context and is gone from the caller. For an async function use
    /// <see cref="RunAsync{TResult}(Func{Task{TResult}}, CancellationToken)"/>: this method leaves the context when the function returns its
    /// task.
    /// </param>
    /// <returns>What the function returned.</returns>
    public TResult Run<TResult>(Func<TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        FlowState? outer = FlowState.Current;
        FlowState entry = Enter();
        try
        {
            FlowState.Current = entry;
            return function();
        }
        finally
        {
            Leave(entry, FlowState.Current);
            FlowState.Current = outer;
        }
    }

    /// <summary>Calls an async function with the values of this context, which stays entered until the task has ended.</summary>
    /// <param name="function">
    /// What to call. It starts on this thread at once. What it sets stays in the context and does not show in the caller.
    /// </param>
    /// <param name="cancellationToken">
    /// Keeps the function from being called. Once it runs, cancelling is its own business: it may use the same token.
    /// </param>
    /// <returns>A task that ends as the task of the function does, after the context was left.</returns>
    /// <exception cref="InvalidOperationException">Code runs in the context already, here or on another thread. Nothing was called.</exception>
    /// <exception cref="OperationCanceledException">In the task: the token was cancelled before. Nothing was called.</exception>
    /// <remarks>
    /// <para>
    /// An async function runs as several flows: what a callee sets that is async itself does not show in its caller (see
    /// docs/design/contextvars.md#values-flow). The context has for each variable the value that was set last by any code that ran in it.
    /// </para>
    /// <para>Python: <c>asyncio.create_task(coroutine, context=context)</c>, which runs a task in this context and not in a copy.</para>
    /// </remarks>
    public Task RunAsync(Func<Task> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : RunEnteredAsync(Enter(), function);
    }

    /// <inheritdoc cref="RunAsync(Func{Task}, CancellationToken)"/>
    public Task<TResult> RunAsync<TResult>(Func<Task<TResult>> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<TResult>(cancellationToken)
            : RunEnteredAsync(Enter(), function);
    }

    /// <summary>Makes a change the state of this flow, and of the context it runs in.</summary>
    /// <param name="before">The state of the flow.</param>
    /// <param name="after">The same with the change.</param>
    /// <param name="id">The variable that was changed.</param>
    /// <param name="binding">Its binding, or <see langword="null"/> when it lost its value.</param>
    internal static void Change(FlowState before, FlowState after, uint id, Binding? binding)
    {
        FlowState.Current = after;
        if (after.Entry is not null)
        {
            after.Home.Record(before, after, id, binding);
        }
    }

    // The slot of the caller is not touched: an async method has one of its own, which ends with it.
    private async Task RunEnteredAsync(FlowState entry, Func<Task> function)
    {
        try
        {
            FlowState.Current = entry;
            await (function() ?? throw NoTask()).ConfigureAwait(false);
        }
        finally
        {
            Leave(entry, last: null);
        }
    }

    private async Task<TResult> RunEnteredAsync<TResult>(FlowState entry, Func<Task<TResult>> function)
    {
        try
        {
            FlowState.Current = entry;
            return await (function() ?? throw NoTask()).ConfigureAwait(false);
        }
        finally
        {
            Leave(entry, last: null);
        }
    }

    private FlowState Enter()
    {
        FlowState resting = Volatile.Read(ref _state);
        if (resting.Entry is null)
        {
            FlowState entry = FlowState.Entering(resting.Values, this);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _state, entry, resting), resting))
            {
                return entry;
            }
        }

        throw new InvalidOperationException(
            "The context is already entered: code runs in it, here or on another thread. Run a Copy() of it, or wait until the other has left.");
    }

    // The flow's last state is missing, or is another context's, when the flow ended elsewhere, or when the function put another
    // ExecutionContext in place and left it there. What was recorded holds then.
    private void Leave(FlowState entry, FlowState? last)
    {
        ContextMap? final = last is not null && ReferenceEquals(last.Entry, entry) ? last.Values : null;
        FlowState state = Volatile.Read(ref _state);
        while (true)
        {
            FlowState seen = Interlocked.CompareExchange(ref _state, new FlowState(final ?? state.Values, this), state);
            if (ReferenceEquals(seen, state))
            {
                return;
            }

            state = seen;
        }
    }

    private void Record(FlowState before, FlowState after, uint id, Binding? binding)
    {
        FlowState expected = before;
        FlowState next = after;
        while (true)
        {
            FlowState seen = Interlocked.CompareExchange(ref _state, next, expected);
            if (ReferenceEquals(seen, expected) || !ReferenceEquals(seen.Entry, after.Entry))
            {
                return;
            }

            expected = seen;
            next = binding is null ? seen.Without(id) : seen.With(binding);
        }
    }

    private static InvalidOperationException NoTask() => new("The function given to RunAsync returned null instead of a task.");
}
