using System.Globalization;

namespace Telar.Concurrent.Futures;

/// <summary>Wordings that several messages share.</summary>
internal static class Phrases
{
    /// <summary><c>call 17 'resize'</c>, or as much of it as is known.</summary>
    public static string Call(string? name, long? id = null)
    {
        string number = id is { } known ? string.Create(CultureInfo.InvariantCulture, $"call {known}") : "call";
        return name is null ? (id is null ? "the call" : number) : $"{number} '{name}'";
    }

    /// <summary><c>1 call</c>, <c>3 calls</c>.</summary>
    public static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>A value of an enumeration in the middle of a sentence.</summary>
    public static string Word(Enum value) => value.ToString().ToLowerInvariant();

    /// <summary><c>250 ms</c>, <c>2.3 s</c>, <c>4 min 10 s</c>.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.##} ms"),
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.##} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalMinutes)} min {span.Seconds} s"),
    };

    /// <summary><c>312 MB</c>, <c>3.1 GB</c>.</summary>
    public static string Bytes(long bytes) => bytes < 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB");

    /// <summary>The first letter in upper case, for the beginning of a sentence.</summary>
    public static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A text that others have written, ended so that the next sentence can follow: in a line of its own after several lines.</summary>
    public static string Ended(string text)
    {
        string bare = text.TrimEnd();
        return bare.Contains('\n', StringComparison.Ordinal) ? bare + "\n"
            : bare.Length > 0 && bare[^1] is '.' or '!' or '?' ? bare + " "
            : bare + ". ";
    }

    /// <summary><c>Future&lt;Dictionary&lt;String, Int32&gt;&gt;</c>: a type name as a C# reader knows it.</summary>
    public static string TypeName(Type type)
    {
        if (!type.IsGenericType)
        {
            return type.Name;
        }

        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        string bare = tick < 0 ? type.Name : type.Name[..tick];
        return $"{bare}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>";
    }
}
