namespace Telar.Serialization;

/// <summary>Why a type cannot be sent, and what to do instead.</summary>
internal sealed record Refusal(Type Type, string Reason, string Remedy)
{
    // What is refused at the border of a process is refused at that of an interpreter too, and there nothing is sent to a process.
    private const string Border = " cannot be sent to another process: ";

    internal string Text => $"{TypeNames.Of(Type)}{Border}{Reason}. {Remedy}";

    /// <summary>The text of a refusal without the words that speak of a process.</summary>
    internal static string WithoutBorder(string text) => text.Replace(Border, ": ", StringComparison.Ordinal);

    internal SerializationException ToException(string path) => new(path.Length > 0 ? $"{path} -> {Text}" : Text, path, Type);
}
