using Telar.ContextVars;
using Telar.Serialization;

namespace Telar.Concurrent.Futures.Calls;

/// <summary>The value of a context variable on its way to another process.</summary>
internal abstract class CarriedValue : ITelarSendable
{
    /// <summary>The values that a call which is submitted by this flow takes along.</summary>
    /// <exception cref="SerializationException">One of them cannot be sent; the message names the variable.</exception>
    public static CarriedValue[] OfThisFlow() => ContextCrossing.Collect(Maker.Instance);

    /// <summary>Gives the variable its value in this flow.</summary>
    public abstract void Set();

    private sealed class Maker : IBindingVisitor<CarriedValue>
    {
        public static readonly Maker Instance = new();

        public CarriedValue Visit<T>(ContextVar<T> variable, T value) => CarriedValue<T>.Encode(variable.Name, value);
    }
}
