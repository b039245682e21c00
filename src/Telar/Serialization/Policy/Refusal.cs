namespace Telar.Serialization;

/// <summary>Why a type cannot be sent, and what to do instead.</summary>
internal sealed record Refusal(Type Type, string Reason, string Remedy)
{
    internal string Text => $"{TypeNames.Of(Type)} cannot be sent to another process: {Reason}. {Remedy}";

    internal SerializationException ToException(string path) => new(path.Length > 0 ? $"{path} -> {Text}" : Text, path, Type);
}
