using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

/// <summary>A value holds something that cannot cross from one interpreter to another.</summary>
/// <remarks>
/// <para>The inner <see cref="SerializationException"/> says which part, and what to do about it. Nothing has crossed.</para>
/// <para>Python: <c>concurrent.interpreters.NotShareableError</c>.</para>
/// <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class NotShareableException : ArgumentException
{
    /// <param name="what">What was to cross: a call, or a value of some type.</param>
    /// <param name="cause">Why it cannot.</param>
    internal NotShareableException(string what, SerializationException cause)
        : base($"{what} cannot cross to another interpreter: {Refusal.WithoutBorder(cause.Message)}", cause) => Path = cause.Path;

    /// <summary>The way from the value to the part that cannot cross, such as <c>closure.file</c>; empty when it is the value itself.</summary>
    public string Path { get; }
}
