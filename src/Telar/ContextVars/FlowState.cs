namespace Telar.ContextVars;

// Every change makes a new state and puts it in the slot, so that a flow that forked before keeps the old one: an ExecutionContext
// copies references. See docs/design/contextvars.md#values-flow.
//
// Invariants
//   I1  Values, Home and Entry never change.
//   I2  Entry is the state that the Run began with which the flow is in, and the state itself for that one; null outside of Run. It
//       tells one Run of a context from the next.
//   I3  _last is some binding of Values. It is written and read without order: whichever binding a reader sees, it is immutable and
//       says itself whose it is.

/// <summary>What one flow of control knows of all variables. It travels with the <see cref="ExecutionContext"/>.</summary>
internal sealed class FlowState
{
    private static readonly AsyncLocal<FlowState?> s_slot = new();

    public readonly ContextMap Values;
    public readonly Context Home;
    public readonly FlowState? Entry;
    private Binding? _last;

    /// <summary>A state outside of <see cref="Context.Run(Action)"/>, or the one that a context rests in between two.</summary>
    public FlowState(ContextMap values, Context home)
        : this(values, home, entry: null, last: null)
    {
    }

    private FlowState(ContextMap values, Context home, FlowState? entry, Binding? last)
    {
        Values = values;
        Home = home;
        Entry = entry;
        _last = last;
    }

    private FlowState(ContextMap values, Context home, bool entered)
        : this(values, home) => Entry = entered ? this : null;

    /// <summary>The state of the flow that asks.</summary>
    /// <value><see langword="null"/> while no variable was ever set in it.</value>
    public static FlowState? Current
    {
        get => s_slot.Value;
        set => s_slot.Value = value;
    }

    /// <summary>The state of a flow that begins to run in a context.</summary>
    public static FlowState Entering(ContextMap values, Context home) => new(values, home, entered: true);

    /// <summary>The binding of a variable.</summary>
    public Binding? Find(IContextVar variable, uint id)
    {
        Binding? last = _last;
        if (last is not null && ReferenceEquals(last.Var, variable))
        {
            return last;
        }

        last = Values.Find(id);
        if (last is not null)
        {
            _last = last;
        }

        return last;
    }

    /// <summary>The state after a variable was given a value.</summary>
    public FlowState With(Binding binding) => new(Values.With(binding), Home, Entry, binding);

    /// <summary>The state after the value of a variable was taken away.</summary>
    public FlowState Without(uint id) => new(Values.Without(id), Home, Entry, last: null);
}
