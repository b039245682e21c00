namespace Telar.ContextVars;

// State machine
//
//                 Enter: compare and exchange
//   resting  ------------------------------------>  entered
//   _state.Entry is null                            _state.Entry is the state that Enter made
//            <------------------------------------    | ^
//                 Visit.End, LeaveAsRecorded          +-+  Record: each Set and Reset of code that runs in it
//
// Invariants
//   I1  _state.Home is this context, and _state is replaced as a whole. Enter does it by compare and exchange, so one thread wins; Record
//       too, and changes nothing once the entry it belongs to is over, because _state.Entry is another one then. Only the owner of the
//       entry writes without looking, when it leaves, over what flows that outlive the function may just be recording.
//   I2  While one flow only runs in the context, _state is the state in the slot of this flow. Flows that fork off (an async method, a
//       task) have states of their own; each of their changes goes variable by variable into _state, the last one wins.
//   I3  After Run, _state has the values that the flow which called Run had at its end, whatever other flows did.
// Ownership
//   The state that Enter returns is the right to leave. It stays with the call of Run (in its Visit) or RunAsync.
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
        Visit visit = new(this);
        try
        {
            action();
        }
        finally
        {
            visit.End();
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
        Visit visit = new(this);
        try
        {
            return function();
        }
        finally
        {
            visit.End();
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
            LeaveAsRecorded();
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
            LeaveAsRecorded();
        }
    }

    private FlowState Enter() => Enter(out _);

    private FlowState Enter(out FlowState resting)
    {
        resting = Volatile.Read(ref _state);
        if (resting.Entry is null)
        {
            FlowState entry = FlowState.Entering(resting);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _state, entry, resting), resting))
            {
                return entry;
            }
        }

        throw new InvalidOperationException(
            "The context is already entered: code runs in it, here or on another thread. Run a Copy() of it, or wait until the other has left.");
    }

    // A flow that outlived the function may be recording right now. Whether that is still in time is open, so there is nothing to lose.
    private void LeaveAsRecorded() => Volatile.Write(ref _state, new FlowState(this, Volatile.Read(ref _state).Values));

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

    /// <summary>One call of Run: takes the flow into the context, and back to where it was.</summary>
    private readonly ref struct Visit
    {
        private readonly Context _context;
        private readonly FlowState _resting;
        private readonly FlowState _entry;
        private readonly FlowState? _outerState;
        private readonly ExecutionContext? _outerFlow;
        private readonly ExecutionContext? _innerFlow;

        public Visit(Context context)
        {
            _context = context;
            _entry = context.Enter(out _resting);
            _outerState = FlowState.Current;
            _outerFlow = ExecutionContext.Capture();
            FlowState.Current = _entry;
            _innerFlow = ExecutionContext.Capture();
        }

        public void End()
        {
            // Nothing was set meanwhile, here or in any AsyncLocal: putting the whole ExecutionContext back changes the same and costs
            // less. There is none to put back while its flow is suppressed.
            if (_innerFlow is not null && _outerFlow is not null && ReferenceEquals(ExecutionContext.Capture(), _innerFlow))
            {
                Volatile.Write(ref _context._state, _resting);
                ExecutionContext.Restore(_outerFlow);
                return;
            }

            FlowState? last = FlowState.Current;
            if (ReferenceEquals(last?.Entry, _entry))
            {
                Volatile.Write(ref _context._state, new FlowState(_context, last!.Values)); // Not null: it has an entry.
            }
            else
            {
                // The function left another ExecutionContext behind than it began in. What was recorded holds.
                _context.LeaveAsRecorded();
            }

            FlowState.Current = _outerState;
        }
    }
}
