namespace Telar.Serialization;

/// <summary>A value cannot be sent to another process, or bytes that arrived are not a value.</summary>
/// <remarks>
/// <para>
/// While sending, nothing has left the process when this is thrown, and <see cref="Path"/> and <see cref="Culprit"/> say
/// which part of the value is at fault. While receiving, the message names the offset and what was expected there.
/// </para>
/// <para>Python: <c>pickle.PicklingError</c> and <c>pickle.UnpicklingError</c>.</para>
/// <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class SerializationException : Exception
{
    internal SerializationException(string message, Exception? innerException = null)
        : this(message, "", null, innerException)
    {
    }

    internal SerializationException(string message, string path, Type? culprit, Exception? innerException = null)
        : base(message, innerException)
    {
        Path = path;
        Culprit = culprit;
    }

    /// <summary>Gets the way from the value that was sent to the part that cannot be, such as <c>closure.db.connection</c>.</summary>
    /// <value>Empty when the fault is not in one part of a value.</value>
    public string Path { get; }

    /// <summary>Gets the type that cannot be sent.</summary>
    /// <value><see langword="null"/> when the fault is not one of a type.</value>
    public Type? Culprit { get; }
}
