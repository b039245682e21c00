using System.Diagnostics;
using Telar.Internal;

namespace Telar.Serialization;

/// <summary>Encodes a value wholly or not at all, and finds out where in it the fault is.</summary>
[StackTraceHidden]
internal static class EncodeRun
{
    /// <summary>Writes a value, or throws and leaves the writer and the context as they were.</summary>
    internal static void Write<T>(PayloadWriter writer, T value, EncodeContext? context)
    {
        int start = writer.Length;
        (int, int) mark = context?.Mark ?? default;
        try
        {
            try
            {
                GraphEncoder.Attempt(writer, value, context, null);
            }
            catch (SerializationException refused)
            {
                // Keeping track of the path costs time on every field, so it is done only now: once more, up to the same refusal.
                TakeBack(writer, start, context, mark);
                AttemptTraced(writer, value, context);
                throw new SerializationException(
                    $"The value changed while it was being encoded: the first attempt failed, the second did not. Let nobody change what is being sent. {refused.Message}",
                    refused);
            }
        }
        catch (Exception e)
        {
            TakeBack(writer, start, context, mark);
            if (e is SerializationException or OutOfMemoryException or ObjectDisposedException)
            {
                throw;
            }

            string cause = WholeProgram.IsTrimmed
                ? "This program was trimmed or compiled ahead of time, and has not all of the code that reads values. Send bytes, or publish it without "
                  + "PublishTrimmed and PublishAot."
                : "Most often another thread changes a collection meanwhile: send a copy.";
            throw new SerializationException(
                $"Cannot encode a {TypeNames.Of(value?.GetType() ?? typeof(T))}: {e.GetType().Name} while its parts were being read ({e.Message}). {cause}", e);
        }
    }

    internal static void TakeBack(PayloadWriter writer, int length, EncodeContext? context, (int, int) mark)
    {
        writer.Truncate(Math.Min(length, writer.Length));
        context?.TakeBack(mark);
    }

    private static void AttemptTraced<T>(PayloadWriter writer, T value, EncodeContext? context)
    {
        var trace = new PathTrace();
        try
        {
            GraphEncoder.Attempt(writer, value, context, trace);
        }
        catch (SerializationException e) when (e.Path.Length == 0 && trace.Path.Length > 0)
        {
            // From a place that knows no path: the tables of names.
            throw new SerializationException($"{trace.Path} -> {e.Message}", trace.Path, e.Culprit, e.InnerException);
        }
    }
}
