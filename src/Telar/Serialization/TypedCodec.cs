using System.Diagnostics;

namespace Telar.Serialization;

// How a value travels, and what does not and why: docs/design/typed-codec.md.

/// <summary>Writes values for another process that runs the same build, and reads what such a process wrote.</summary>
/// <remarks><b>Thread safety.</b> All methods may be called from any thread; a writer, a reader and a value belong to one thread at a time.</remarks>
[StackTraceHidden]
internal static class TypedCodec
{
    /// <summary>Appends a value to <paramref name="writer"/>.</summary>
    /// <param name="writer">Where to. Several values may follow each other; each stands for itself.</param>
    /// <param name="value">The value, with everything it refers to. Nobody may change it meanwhile.</param>
    /// <param name="context">What carries cancellation tokens over; <see langword="null"/> if nothing does.</param>
    /// <exception cref="SerializationException">
    /// A part of the value cannot be sent. The writer and the context are as they were before.
    /// </exception>
    internal static void Write<T>(PayloadWriter writer, T value, EncodeContext? context = null) => EncodeRun.Write(writer, value, context);

    /// <summary>Reads the next value, which was written as one of the same <typeparamref name="T"/>.</summary>
    /// <exception cref="SerializationException">The bytes are damaged, or ask for something that may not be rebuilt.</exception>
    /// <exception cref="BuildMismatchException">The sender runs another build of an assembly that the value mentions.</exception>
    internal static T Read<T>(PayloadReader reader, DecodeContext? context = null) => GraphDecoder.Run<T>(reader, context);

    /// <summary>
    /// Goes once through the commonest ways of the codec, so that the first real message does not pay for loading and compiling them.
    /// </summary>
    internal static void WarmUp()
    {
        using var writer = new PayloadWriter();
        var context = new EncodeContext();
        int captured = 1;
        string text = "";
        Write(writer, (object)new object?[] { 1, 1L, 1.0, true, text, null, new int[1], new List<string?> { text } }, context);
        Write<Delegate>(writer, () => captured + text.Length, context);
        Write<Delegate>(writer, static () => 1, context);
        Write<Exception>(writer, new InvalidOperationException("", new ArgumentException("")), context);
        var reader = new PayloadReader(writer.WrittenMemory.ToArray());
        _ = Read<object>(reader);
        _ = Read<Delegate>(reader);
        _ = Read<Delegate>(reader);
        _ = Read<Exception>(reader);
    }
}
