using System.Diagnostics.CodeAnalysis;
using System.Dynamic;

namespace Telar.Threading;

/// <summary>An object with named attributes, of which each thread has its own.</summary>
/// <remarks>
/// <para>
/// Python: <c>threading.local</c>, for code that is ported as it stands: <c>data["x"] = 1</c>, or <c>((dynamic)data).x = 1</c>. New code takes a
/// <see cref="Local{T}"/> of its own class, which the compiler checks. Inherit to have members that all threads share.
/// </para>
/// <para><b>Thread safety.</b> Each thread sees its own attributes only. The initializer may run on several threads at once.</para>
/// </remarks>
public class LocalObject : DynamicObject
{
    private readonly Local<Dictionary<string, object?>> _attributes;
    private readonly Action<LocalObject>? _initializer;

    /// <summary>Makes an object without attributes, in every thread.</summary>
    public LocalObject()
        : this(null)
    {
    }

    /// <summary>Makes an object that each thread fills when it first touches it.</summary>
    /// <param name="initializer">Sets the attributes of the thread that it runs on: Python's <c>__init__</c> of a subclass.</param>
    public LocalObject(Action<LocalObject>? initializer)
    {
        _initializer = initializer;
        _attributes = new Local<Dictionary<string, object?>>(Make);
    }

    /// <summary>The names of this thread's attributes: a copy.</summary>
    /// <remarks>Python: <c>__dict__</c>.</remarks>
    public IReadOnlyCollection<string> Names => [.. _attributes.Value.Keys];

    /// <summary>An attribute of this thread.</summary>
    /// <param name="name">Its name; case counts.</param>
    /// <exception cref="KeyNotFoundException">Read, when this thread has none of that name, also if another thread has.</exception>
    /// <remarks>Python: getting and setting an attribute.</remarks>
    public object? this[string name]
    {
        get => TryGet(name, out object? value)
            ? value
            : throw new KeyNotFoundException($"There is no attribute '{name}' in {Thread.Current}: what other threads have set is not seen here.");
        set
        {
            ArgumentNullException.ThrowIfNull(name);
            _attributes.Value[name] = value;
        }
    }

    /// <summary>An attribute of this thread, if it has it.</summary>
    /// <param name="name">Its name; case counts.</param>
    /// <param name="value">The value; <see langword="null"/> when there is none.</param>
    /// <returns>Whether it has it.</returns>
    public bool TryGet(string name, out object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _attributes.Value.TryGetValue(name, out value);
    }

    /// <summary>Takes an attribute away from this thread; others keep theirs.</summary>
    /// <param name="name">Its name; case counts.</param>
    /// <returns>Whether it had it.</returns>
    /// <remarks>Python: <c>del local.name</c>.</remarks>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _attributes.Value.Remove(name);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> GetDynamicMemberNames() => Names;

    /// <inheritdoc/>
    public override bool TryGetMember(GetMemberBinder binder, out object? result)
    {
        ArgumentNullException.ThrowIfNull(binder);
        return TryGet(binder.Name, out result);
    }

    /// <inheritdoc/>
    public override bool TrySetMember(SetMemberBinder binder, object? value)
    {
        ArgumentNullException.ThrowIfNull(binder);
        this[binder.Name] = value;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryDeleteMember(DeleteMemberBinder binder)
    {
        ArgumentNullException.ThrowIfNull(binder);
        return Remove(binder.Name);
    }

    private Dictionary<string, object?> Make()
    {
        Dictionary<string, object?> made = new(StringComparer.Ordinal);
        if (_initializer is not null)
        {
            // Set before, so that the initializer finds the attributes it sets.
            _attributes.Value = made;
            try
            {
                _initializer(this);
            }
            catch
            {
                _attributes.Remove();
                throw;
            }
        }

        return made;
    }
}
