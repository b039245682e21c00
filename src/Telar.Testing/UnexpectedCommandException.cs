using Telar.Subprocesses;

namespace Telar.Testing;

/// <summary>A <see cref="FakeSubprocessRunner"/> was to run a command that no rule fits. Nothing was run.</summary>
/// <remarks><b>Thread safety.</b> As any exception.</remarks>
public sealed class UnexpectedCommandException : InvalidOperationException
{
    internal UnexpectedCommandException(FakeCall call, IReadOnlyList<FakeRule> rules)
        : base(MessageFor(call, rules)) => Command = call.Command;

    /// <summary>What was to be run.</summary>
    public CommandLine Command { get; }

    private static string MessageFor(FakeCall call, IReadOnlyList<FakeRule> rules)
    {
        string known = rules.Count == 0
            ? "It has no rules at all."
            : "Its rules are:\n" + string.Join('\n', rules.Select(rule => $"    {rule}"));
        string where = call.Pipeline is { } whole ? $" as stage {call.Stage + 1} of `{whole}`" : "";
        string orWhole = call.Pipeline is { } pipeline
            ? $"or, for all stages at once:\n    fake.OnPipeline({FakeText.Literal(pipeline)}).Returns(\"...\");\n"
            : "";
        return $"`{call.Command}` was to be run{where}, and the fake runner has no rule for it. If that is right, write:\n"
            + $"    fake.On({FakeText.Literal(call.Command)}).Returns(\"...\");\n{orWhole}{known}";
    }
}
