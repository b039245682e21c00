using Telar.Subprocesses;

namespace Telar.Testing;

/// <summary>A <see cref="FakeSubprocessRunner"/> was to run a command that no rule fits. Nothing was run.</summary>
/// <remarks><b>Thread safety.</b> As any exception.</remarks>
public sealed class UnexpectedCommandException : InvalidOperationException
{
    internal UnexpectedCommandException(CommandLine command, IReadOnlyList<FakeRule> rules)
        : base(MessageFor(command, rules)) => Command = command;

    /// <summary>What was to be run.</summary>
    public CommandLine Command { get; }

    private static string MessageFor(CommandLine command, IReadOnlyList<FakeRule> rules)
    {
        string known = rules.Count == 0
            ? "It has no rules at all."
            : "Its rules are:\n" + string.Join('\n', rules.Select(rule => $"    {rule}"));
        return $"`{command}` was to be run, and the fake runner has no rule for it. If that is right, write:\n"
            + $"    fake.On({FakeText.Literal(command)}).Returns(\"...\");\n{known}";
    }
}
