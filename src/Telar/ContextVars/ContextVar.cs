using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Telar.ContextVars;

/// <summary>A variable that each flow of control has a value of its own for: a thread, a task, code in a <see cref="Context"/>.</summary>
/// <typeparam name="T">The type of the values. Prefer immutable ones: a flow that forks shares the object, not a copy of it.</typeparam>
/// <remarks>
/// <para>
/// Keep it in a <c>static readonly</c> field. Values go along into everything that is started from here (async methods, tasks, timers,
/// threads), as copies: what is set there does not show here. They flow with the <see cref="ExecutionContext"/>, so what suppresses that
/// flow starts without values. docs/design/contextvars.md has the cases one by one, and where Python differs.
/// </para>
/// <para>
/// Against <see cref="AsyncLocal{T}"/> it adds: defaults, "was never set" apart from <see langword="null"/>, tokens that put the value before
/// back, and contexts to run code in.
/// </para>
/// <para>
/// Python: <c>contextvars.ContextVar</c>; <c>ContextVar[int]</c> is <c>ContextVar&lt;int&gt;</c>. Equality is identity. It cannot be derived
/// from, and not be sent to another process; its values can (<see cref="CrossesProcesses"/>).
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once; each sees the value of its own flow.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ContextVar<T> : IContextVar
{
    private readonly uint _id;
    private readonly bool _hasDefault;
    private readonly T? _default;

    /// <summary>Makes a variable without a default.</summary>
    /// <param name="name">Its name, for messages. It need not be the only one of this name.</param>
    /// <remarks>Python: <c>ContextVar(name)</c>.</remarks>
    public ContextVar(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        _id = ContextVarIds.Next();
    }

    /// <summary>Makes a variable with a default.</summary>
    /// <param name="name">Its name, for messages. It need not be the only one of this name.</param>
    /// <param name="defaultValue">What <see cref="Get()"/> returns where the variable was not set.</param>
    /// <remarks>Python: <c>ContextVar(name, default=value)</c>.</remarks>
    public ContextVar(string name, T defaultValue)
        : this(name)
    {
        _hasDefault = true;
        _default = defaultValue;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Type ValueType => typeof(T);

    /// <summary>Whether calls of a pool of processes take the value along that the variable has where they are submitted.</summary>
    /// <value>
    /// Default <see langword="false"/>: in a worker the variable was never set. With <see langword="true"/> the value must be one that can be sent;
    /// if it is not, <c>Submit</c> refuses the call.
    /// </value>
    /// <remarks>
    /// <para>
    /// Such a variable is known by its name, which is all that two processes can agree about: two of the same name and type are one variable.
    /// What the call sets stays there. Values of <see cref="AsyncLocal{T}"/> never cross. Python's context variables do not either.
    /// </para>
    /// </remarks>
    /// <example><code>
    /// static readonly ContextVar&lt;string> s_request = new("my-app.request") { CrossesProcesses = true };
    /// </code></example>
    public bool CrossesProcesses
    {
        get;
        init
        {
            field = value;
            _id = value ? ContextCrossing.IdOf(Name, typeof(T)) : ContextVarIds.Next();
        }
    }

    uint IContextVar.Id => _id;

    /// <summary>The value of this flow.</summary>
    /// <returns>What was set last in this flow or brought along; the default of the variable when nothing was.</returns>
    /// <exception cref="LookupException">It was not set, and has no default.</exception>
    /// <remarks>Python: <c>ContextVar.get()</c>.</remarks>
    public T Get()
    {
        if (Find() is { } binding)
        {
            return binding.TypedValue;
        }

        return _hasDefault ? _default! : throw NoValue(); // The caller's default may be null only when T may.
    }

    /// <summary>The value of this flow, or another one.</summary>
    /// <param name="defaultValue">What to return when it was not set; it goes before the default of the variable.</param>
    /// <returns>The value, or <paramref name="defaultValue"/>.</returns>
    /// <remarks>Python: <c>ContextVar.get(default)</c>.</remarks>
    public T Get(T defaultValue) => Find() is { } binding ? binding.TypedValue : defaultValue;

    /// <summary>Looks for the value of this flow.</summary>
    /// <param name="value">What <see cref="Get()"/> would return, or the default value of the type.</param>
    /// <returns>Whether there is one: it was set, or the variable has a default.</returns>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        Binding<T>? binding = Find();
        value = binding is not null ? binding.TypedValue : _default;
        return binding is not null || _hasDefault;
    }

    /// <summary>Sets the value of this flow.</summary>
    /// <param name="value">The value from now on, here and in what is started from here.</param>
    /// <returns>
    /// What puts back the value before: dispose it, or give it to <see cref="Reset"/>. Drop it when the value is to stay.
    /// </returns>
    /// <remarks>Python: <c>ContextVar.set</c>.</remarks>
    public Token<T> Set(T value)
    {
        FlowState before = FlowState.Current ?? new Context().Resting;
        Token<T> token = new(this, Find(before), before.Home);
        Binding<T> binding = new(this, _id, value);
        Context.Change(before, before.With(binding), _id, binding);
        return token;
    }

    /// <summary>Gives the variable the value it had before a <see cref="Set"/>, or none when it had none.</summary>
    /// <param name="token">What that <see cref="Set"/> returned. It can be used once.</param>
    /// <exception cref="InvalidOperationException">The token was used already. Nothing changed.</exception>
    /// <exception cref="ArgumentException">It is another variable's, or was made in another context. Nothing changed.</exception>
    /// <remarks>Python: <c>ContextVar.reset</c>.</remarks>
    public void Reset(Token<T> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.IsUsed)
        {
            throw Used();
        }

        if (!ReferenceEquals(token.Var, this))
        {
            throw new ArgumentException($"'{Name}' cannot be reset with a token made by a different variable, '{token.Var.Name}'.", nameof(token));
        }

        if (!token.Use())
        {
            throw Used();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"ContextVar<{typeof(T).Name}> '{Name}'{(_hasDefault ? $", default: {_default?.ToString() ?? "null"}" : "")}";

    /// <summary>Puts back the binding before, or the absence of one.</summary>
    internal void Restore(FlowState state, Binding<T>? old) =>
        Context.Change(state, old is null ? state.Without(_id) : state.With(old), _id, old);

    private Binding<T>? Find() => FlowState.Current is { } state ? Find(state) : null;

    // No cast is checked: what is bound to this number was bound by this variable.
    private Binding<T>? Find(FlowState state) => Unsafe.As<Binding<T>?>(state.Values.Find(_id));

    private LookupException NoValue() =>
        new(this, $"'{Name}' has no value here, and no default. Set it before, use TryGet, or make it with a default.");

    private InvalidOperationException Used() =>
        new($"This token of '{Name}' has already been used. A token puts a value back once.");
}
