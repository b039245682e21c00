using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

/// <summary>A value on its way from one interpreter to another: itself if it may be shared, else as bytes, from which each one who opens it gets a copy.</summary>
/// <remarks>It refers to nothing of the interpreter that packed it: no type of it, no object. <b>Thread safety.</b> Immutable.</remarks>
internal sealed class Parcel
{
    private readonly object? _whole;
    private readonly byte[]? _bytes;
    private readonly IReadOnlyList<object> _shared = [];
    private readonly CancellationToken[] _tokens = [];

    private Parcel(object? whole) => _whole = whole;

    private Parcel(byte[] bytes, EncodeContext context)
    {
        _bytes = bytes;
        _shared = context.Shared!.Objects; // not null: see Pack
        _tokens = [.. context.Tokens];
    }

    /// <summary>Packs a value in the interpreter that it belongs to.</summary>
    /// <exception cref="NotShareableException">It holds something that cannot cross.</exception>
    public static Parcel Pack<T>(T value)
    {
        if (value is null || Shareables.IsWhole(value.GetType()))
        {
            return new Parcel(value);
        }

        var context = new EncodeContext { Shared = Shareables.NewList() };
        using var writer = new PayloadWriter();
        try
        {
            TypedCodec.Write(writer, value, context);
        }
        catch (SerializationException refused)
        {
            string what = value is RemoteCall or InterpreterAsyncCall ? "The call" : $"A value of type {TypeNames.Of(value.GetType())}";
            throw new NotShareableException(what, refused);
        }

        return new Parcel(writer.WrittenSpan.ToArray(), context);
    }

    /// <summary>Makes the value in the interpreter that gets it, as the same type as it was packed.</summary>
    /// <exception cref="InterpreterException">It holds something that this interpreter does not have.</exception>
    public T Open<T>(Interpreter receiver)
    {
        if (_bytes is null)
        {
            return (T)_whole!; // null only where T has it: it was packed as one
        }

        var context = new DecodeContext
        {
            Symbols = receiver.Symbols,
            Shared = _shared,
            ResolveToken = (index, _) => _tokens[index],
            MaxAllocation = long.MaxValue, // these bytes were made in this process
        };
        try
        {
            return TypedCodec.Read<T>(new PayloadReader(_bytes), context);
        }
        catch (Exception e) when (e is SerializationException or BuildMismatchException or IOException)
        {
            // The cause as text only: it may hold an exception of a type of that interpreter.
            throw new InterpreterException(receiver.Id, $"A value could not be made in {receiver}: {e.Message}");
        }
    }
}
