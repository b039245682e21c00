using System.Diagnostics;
using System.Text;

namespace Telar.Serialization;

/// <summary>The stack trace that an exception takes along.</summary>
[StackTraceHidden]
internal static class RemoteStack
{
    // What runs a call in a worker, below the user's code. Nobody looks for a mistake there.
    private static readonly string[] s_ownFrames =
    [
        "   at Telar.Concurrent.", "   at Telar.Internal.", "   at Telar.Multiprocessing.", "   at Telar.Serialization.", "   at StartupHook.",
        "   at System.Reflection.", "   at System.StartupHookProvider.", "   at InvokeStub_",
    ];

    internal static string Of(Exception exception)
    {
        string? text;
        try
        {
            text = exception.StackTrace;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ""; // the property is virtual
        }

        return string.IsNullOrEmpty(text) ? "" : WithoutOwnFrames(text);
    }

    internal static string WithNotes(string stack, List<string> notes)
    {
        if (notes.Count == 0)
        {
            return stack;
        }

        var text = new StringBuilder(stack);
        foreach (string note in notes)
        {
            _ = text.Append(text.Length > 0 ? Environment.NewLine : "").Append("   (not carried over: ").Append(note).Append(')');
        }

        return text.ToString();
    }

    internal static string WithoutOwnFrames(string text)
    {
        string[] lines = text.Split('\n');
        int kept = lines.Length;
        int own = 0;
        for (int i = lines.Length - 1; i >= 0; i--)
        {
            string line = lines[i].TrimEnd('\r');
            if (Array.Exists(s_ownFrames, frame => line.StartsWith(frame, StringComparison.Ordinal)))
            {
                kept = i;
                own++;
            }
            else if (line.Length > 0 && !line.StartsWith("--- ", StringComparison.Ordinal))
            {
                break;
            }
            else if (own > 0)
            {
                kept = i; // what separated them
            }
        }

        // Nothing but frames of ours: then it is a mistake of ours, and they are what one wants to see.
        return own == 0 || kept == 0 ? text : string.Join('\n', lines, 0, kept).TrimEnd();
    }
}
