namespace Telar.ContextVars;

// Every change makes a new state and puts it in the slot, so that a flow that forked before keeps the old one: an ExecutionContext
// copies references. See docs/design/contextvars.md#values-flow.
//
// Invariants
//   I1  Values, Home and Entry never change.
//   I2  Entry is the state that the Run began with which the flow is in, and the state itself for that one; null outside of Run. It
//       tells one Run of a context from the next.

/// <summary>What one flow of control knows of all variables. It travels with the <see cref="ExecutionContext"/>.</summary>
internal sealed class FlowState
{
    private static readonly AsyncLocal<FlowState?> s_slot = new();

    public readonly Context Home;
    public readonly FlowState? Entry;
    public readonly ContextMap Values;

    /// <summary>A state outside of <see cref="Context.Run(Action)"/>, or the one that a context rests in between two.</summary>
    public FlowState(Context home, in ContextMap values)
    {
        Home = home;
        Values = values;
    }

    private FlowState(Context home, in ContextMap values, FlowState? entry)
        : this(home, values) => Entry = entry;

    private FlowState(FlowState resting)
        : this(resting.Home, resting.Values) => Entry = this;

    /// <summary>The state of the flow that asks.</summary>
    /// <value><see langword="null"/> while no variable was ever set in it.</value>
    public static FlowState? Current
    {
        get => s_slot.Value;
        set => s_slot.Value = value;
    }

    /// <summary>The state of a flow that begins to run in a context, from the one the context rests in.</summary>
    public static FlowState Entering(FlowState resting) => new(resting);

    /// <summary>The state after a variable was given a value.</summary>
    public FlowState With(Binding binding) => new(Home, Values.With(binding), Entry);

    /// <summary>The state after the value of a variable was taken away.</summary>
    public FlowState Without(uint id) => new(Home, Values.Without(id), Entry);
}
