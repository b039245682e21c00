using System.Globalization;
using Telar.Internal.Segments;

namespace Telar.Dummy;

/// <summary>A process that uses segments as it is told to, line by line.</summary>
internal static class Segments
{
    public static int Serve()
    {
        Dictionary<string, IDisposable> held = [];
        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(Do(line.Split(' '), held));
        }

        // What is still held goes with the process: that is what some tests are about.
        return 0;
    }

    private static string Do(string[] words, Dictionary<string, IDisposable> held)
    {
        try
        {
            return words switch
            {
                ["create", string name, string size] => Keep(held, name, Segment.TryCreate(name, Number(size), isTracked: true)),
                ["open", string name] => Keep(held, name, Segment.TryOpen(name)),
                ["attach", string name] => KeepObject(held, name, ObjectSegment.TryOpen(ObjectKind.Values, name)),
                ["storm", string name, string rounds] => Storm(name, Number(rounds)),
                ["close", string name] => Close(held, name),
                _ => "unknown",
            };
        }
        catch (Exception exception) when (exception is IOException or ArgumentException)
        {
            return exception.GetType().Name;
        }
    }

    // Creates or opens one name, and leaves it, again and again.
    private static string Storm(string name, int rounds)
    {
        int made = 0;
        for (int i = 0; i < rounds; i++)
        {
            using Segment? segment = Segment.TryCreate(name, 4096, isTracked: true) ?? Segment.TryOpen(name);
            if (segment is not null)
            {
                _ = Interlocked.Increment(ref segment.Word<long>(0));
                made++;
            }
        }

        return made > 0 ? "ok" : "none";
    }

    private static string Keep(Dictionary<string, IDisposable> held, string name, Segment? segment)
    {
        if (segment is null)
        {
            return "null";
        }

        held[name] = segment;
        return "ok";
    }

    private static string KeepObject(Dictionary<string, IDisposable> held, string name, ObjectSegment? segment)
    {
        if (segment is null)
        {
            return "null";
        }

        held[name] = segment;
        return segment.User.ToString(CultureInfo.InvariantCulture);
    }

    private static string Close(Dictionary<string, IDisposable> held, string name)
    {
        if (held.Remove(name, out IDisposable? one))
        {
            one.Dispose();
            return "ok";
        }

        return "null";
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
