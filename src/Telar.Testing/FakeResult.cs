using System.Text;

namespace Telar.Testing;

/// <summary>What comes of a command that a <see cref="FakeSubprocessRunner"/> runs.</summary>
/// <param name="ReturnCode">The exit code; -n when signal n killed the program. Default 0.</param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed record FakeResult(int ReturnCode = 0)
{
    /// <summary>What the program writes to standard output.</summary>
    /// <value>Default: nothing.</value>
    public ReadOnlyMemory<byte> Stdout { get; init; }

    /// <summary>What the program writes to standard error, after all of standard output.</summary>
    /// <value>Default: nothing.</value>
    public ReadOnlyMemory<byte> Stderr { get; init; }

    /// <summary>How long the program takes. No time passes in a test, but a timeout that is shorter strikes.</summary>
    /// <value>Default zero; <see cref="Timeout.InfiniteTimeSpan"/>: until it is stopped.</value>
    public TimeSpan Takes { get; init; }

    /// <summary>A result with texts, in UTF-8.</summary>
    /// <param name="stdout">What the program writes to standard output.</param>
    /// <param name="stderr">What the program writes to standard error.</param>
    /// <param name="returnCode">The exit code; -n when signal n killed the program.</param>
    /// <returns>The result.</returns>
    public static FakeResult Text(string stdout = "", string stderr = "", int returnCode = 0) =>
        new(returnCode) { Stdout = Encoding.UTF8.GetBytes(stdout), Stderr = Encoding.UTF8.GetBytes(stderr) };
}
