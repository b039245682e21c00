using Telar.ContextVars;
using Telar.Serialization;

namespace Telar.Concurrent.Futures.Calls;

/// <summary>The value of a context variable of a known type, encoded apart from the call, so that a refusal is not put down to the call.</summary>
internal sealed class CarriedValue<T> : CarriedValue
{
    private readonly string _name;
    private readonly byte[] _value;

    private CarriedValue(string name, byte[] value)
    {
        _name = name;
        _value = value;
    }

    public static CarriedValue<T> Encode(string name, T value)
    {
        using PayloadWriter writer = new();
        try
        {
            TypedCodec.Write(writer, value);
        }
        catch (SerializationException refused)
        {
            throw new SerializationException(
                $"The value of the context variable '{name}' is to cross to other processes (CrossesProcesses), and cannot be sent. {refused.Message}",
                refused.Path,
                refused.Culprit);
        }

        return new CarriedValue<T>(name, writer.WrittenSpan.ToArray());
    }

    // Another object than the program's own static variable, and the same variable: see ContextVar<T>.CrossesProcesses.
    public override void Set() => _ = new ContextVar<T>(_name) { CrossesProcesses = true }.Set(TypedCodec.Read<T>(new PayloadReader(_value)));
}
