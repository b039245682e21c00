using System.Reflection;

namespace Telar.Serialization;

/// <summary>A method together with its name on the wire and what the delegate codec wants to know about it, found out once.</summary>
internal sealed class MethodSymbol(MethodInfo method, byte[] name)
{
    private readonly object? _holder = CompilerMade.StatelessInstance(method);
    private ClosureScan? _scan;
    private Delegate? _lastStateless;

    internal MethodInfo Method { get; } = method;

    internal byte[] Name { get; } = name;

    /// <summary>
    /// The one instance on which the compiler put lambdas that capture nothing, if <see cref="Method"/> is one of these. It is never sent:
    /// each process has its own.
    /// </summary>
    internal object? StatelessHolder => _holder;

    internal ClosureScan Scan => _scan ??= ClosureScan.Of(Method);

    /// <summary>The delegate of a lambda that captures nothing. It is immutable, so one serves every message.</summary>
    internal Delegate StatelessDelegate(Type type)
    {
        Delegate? last = _lastStateless;
        if (last is null || last.GetType() != type)
        {
            _lastStateless = last = Delegate.CreateDelegate(type, _holder, Method);
        }

        return last;
    }
}
