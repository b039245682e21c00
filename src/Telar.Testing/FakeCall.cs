using Telar.Subprocesses;

namespace Telar.Testing;

/// <summary>One command that a <see cref="FakeSubprocessRunner"/> was asked to run.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed class FakeCall
{
    internal FakeCall(CommandLine command, RunOptions options, ReadOnlyMemory<byte> input)
    {
        Command = command;
        Options = options;
        Input = input;
    }

    /// <summary>The program and its arguments.</summary>
    public CommandLine Command { get; }

    /// <summary>With what it was to be run.</summary>
    public RunOptions Options { get; }

    /// <summary>All that the program would have read; empty without an input.</summary>
    public ReadOnlyMemory<byte> Input { get; }

    /// <summary><see cref="Input"/> in the encoding of the options.</summary>
    public string InputText => Options.Encoding.GetString(Input.Span);

    /// <summary>The command as one would type it.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Command.ToString();
}
