using System.Diagnostics.CodeAnalysis;
using Telar.Threading.Threads;

namespace Telar.Threading;

/// <summary>A value of which each thread has its own.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>
/// <para>
/// Python: <c>threading.local</c>. A thread's value is made by the factory when that thread first asks, as Python calls the
/// <c>__init__</c> of a subclass in each thread, and dies with the thread. For a bag of named attributes see <see cref="LocalObject"/>.
/// </para>
/// <para>
/// After an <see langword="await"/> code may go on on another thread, with another value: what belongs to a flow of calls is a
/// <c>Telar.ContextVars.ContextVar&lt;T&gt;</c>. Unlike in a <see cref="ThreadLocal{T}"/>, a value does not outlive its
/// <see cref="Thread"/> when the thread of the system is used again (<see cref="Thread.ReuseByDefault"/>).
/// </para>
/// <para><b>Thread safety.</b> Each thread sees its own value only. The factory may run on several threads at once.</para>
/// </remarks>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The finalizer of the field does all of it.")]
public sealed class Local<T>
{
    private readonly ThreadLocal<Slot> _slots = new(static () => new Slot());
    private readonly Func<T>? _factory;

    /// <summary>Makes one that a thread has to set before it can read it.</summary>
    public Local()
    {
    }

    /// <summary>Makes one whose first value in each thread comes from a function.</summary>
    /// <param name="factory">Makes the value of the thread that it runs on.</param>
    public Local(Func<T> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _factory = factory;
    }

    /// <summary>This thread's value.</summary>
    /// <exception cref="InvalidOperationException">
    /// Read, when this thread has none and there is no factory, or inside the factory itself. Nothing changed.
    /// </exception>
    /// <remarks>What the factory throws passes through; the next read calls it again. Python: getting and setting an attribute.</remarks>
    public T Value
    {
        get
        {
            Slot slot = _slots.Value!; // made by the factory above
            return slot.HasValue ? slot.Value! : Make(slot); // has one
        }

        set
        {
            Slot slot = _slots.Value!; // made by the factory above
            slot.Value = value;
            MarkSet(slot);
        }
    }

    /// <summary>Whether this thread has a value now, set or made.</summary>
    public bool HasValue => _slots.IsValueCreated && _slots.Value!.HasValue; // made by the factory above

    /// <summary>This thread's value, if it has one. The factory is not called.</summary>
    /// <param name="value">The value; default when there is none.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        bool has = HasValue;
        value = has ? _slots.Value!.Value : default; // made by the factory above
        return has;
    }

    /// <summary>Takes this thread's value away. The next read calls the factory again.</summary>
    /// <returns>Whether there was one.</returns>
    /// <remarks>Python: <c>del local.attribute</c>.</remarks>
    public bool Remove()
    {
        bool has = HasValue;
        if (has)
        {
            _slots.Value!.Clear(); // made by the factory above
        }

        return has;
    }

    /// <summary>This thread's value as text.</summary>
    /// <returns>The value's own text, or <c>(no value in this thread)</c>.</returns>
    public override string ToString() => TryGet(out T? value) ? value?.ToString() ?? "" : "(no value in this thread)";

    private static void MarkSet(Slot slot)
    {
        slot.HasValue = true;
        if (!slot.IsNoted)
        {
            slot.IsNoted = true;
            LocalSlots.Note(slot);
        }
    }

    private T Make(Slot slot)
    {
        if (_factory is null)
        {
            throw new InvalidOperationException(
                $"The Local<{typeof(T).Name}> has no value in {Thread.Current}: other threads' values are not seen here. Set it, or give the constructor a factory.");
        }

        if (slot.IsMaking)
        {
            throw new InvalidOperationException($"The factory of a Local<{typeof(T).Name}> reads the value that it is to make.");
        }

        slot.IsMaking = true;
        try
        {
            T made = _factory();

            // The factory may have set it: what is set wins over what is made.
            if (!slot.HasValue)
            {
                slot.Value = made;
                MarkSet(slot);
            }

            return slot.Value!; // set above
        }
        finally
        {
            slot.IsMaking = false;
        }
    }

    private sealed class Slot : ILocalSlot
    {
        public T? Value { get; set; }

        public bool HasValue { get; set; }

        public bool IsMaking { get; set; }

        public bool IsNoted { get; set; }

        public void Clear()
        {
            (Value, HasValue) = (default, false);

            // On a thread that is used again the list of noted ones is new.
            IsNoted = false;
        }
    }
}
