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

    /// <summary>The pipeline that the program is a stage of; null when it is run by itself.</summary>
    public Pipeline? Pipeline { get; internal init; }

    /// <summary>Which stage of <see cref="Pipeline"/> it is; 0 is the one that writes first.</summary>
    public int Stage { get; internal init; }

    /// <summary>The program and its arguments.</summary>
    public CommandLine Command { get; }

    /// <summary>With what it was to be run.</summary>
    public RunOptions Options { get; }

    /// <summary>All that the program would have read, in a pipeline what the stage before it wrote; empty without an input.</summary>
    public ReadOnlyMemory<byte> Input { get; }

    /// <summary><see cref="Input"/> in the encoding of the options.</summary>
    public string InputText => Options.Encoding.GetString(Input.Span);

    /// <summary>The command as one would type it.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Command.ToString();
}
