using Telar.Subprocesses;
using Telar.Subprocesses.Observing;

namespace Telar.Testing;

/// <summary>A runner that starts no program: it answers by rules, and remembers what it was asked to run.</summary>
/// <remarks>
/// <code>
/// var fake = new FakeSubprocessRunner();
/// fake.On(["git", "rev-parse", "HEAD"]).Returns("0d75e84\n");
/// fake.On(call =&gt; call.Command.FileName == "git").Fails(128, "fatal: not a git repository\n");
///
/// var service = new Releases(fake);      // takes an ISubprocessRunner
/// ...
/// Assert.Equal(["git", "rev-parse", "HEAD"], fake.Calls[0].Command);
/// </code>
/// <para>
/// The first rule that fits answers. In a pipeline each stage is a call of its own, and reads what the stage before it has written. A command without one is an <see cref="UnexpectedCommandException"/> whose message is the rule to
/// write. All else is as in a real run: <see cref="RunOptions.Check"/> throws, output goes to the streams and functions of the
/// options and is captured only if they say so, <see cref="PopenOptions.MaxOutput"/> counts, the input is read. Files, handles and
/// inherited streams of the options are left alone. No time passes: an answer that comes later than
/// <see cref="RunOptions.Timeout"/> is a <see cref="TimeoutExpiredException"/> at once.
/// </para>
/// <b>Thread safety.</b> All members may be called from any thread; each call takes one answer.
/// </remarks>
// State machine
//   None.
// Invariants
//   I1  _rules and _calls only grow. Calls are in the order in which they came.
// Locks
//   _lock is a leaf. Conditions and answers of the test are called without it, on a copy of the rules.
// Ownership
//   The test owns the runner; nothing has to be disposed.
public sealed class FakeSubprocessRunner : ISubprocessRunner
{
    private readonly Lock _lock = new();
    private readonly List<FakeRule> _rules = [];
    private readonly List<FakeCall> _calls = [];

    /// <summary>What was to be run so far, in order.</summary>
    public IReadOnlyList<FakeCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The rules, in the order in which they are tried. One that was never used has the count 0.</summary>
    public IReadOnlyList<FakeRule> Rules
    {
        get
        {
            lock (_lock)
            {
                return [.. _rules];
            }
        }
    }

    /// <summary>Adds a rule for exactly this command.</summary>
    /// <param name="command">The command.</param>
    /// <returns>The rule: say what comes of it. Without an answer it ends at once with 0 and without output.</returns>
    public FakeRule On(CommandLine command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Add(new FakeRule(call => call.Command == command, $"On({FakeText.Literal(command)})"));
    }

    /// <summary>Adds a rule for all commands that fit.</summary>
    /// <param name="condition">Whether the rule is for this call: its command, options, input.</param>
    /// <returns>The rule: say what comes of it. Without an answer it ends at once with 0 and without output.</returns>
    public FakeRule On(Func<FakeCall, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Add(new FakeRule(condition, "On(condition)"));
    }

    /// <summary>Adds a rule for all commands that no rule before it fits.</summary>
    /// <returns>The rule: say what comes of it. Without an answer it ends at once with 0 and without output.</returns>
    public FakeRule OnAny() => Add(new FakeRule(_ => true, "OnAny()"));

    /// <summary>Adds a rule for exactly this pipeline: what it answers is what comes of the last stage, the others end well.</summary>
    /// <param name="pipeline">The programs. The answer sees the input of the whole pipeline as that of the last stage.</param>
    /// <returns>The rule: say what comes of it. Without an answer it ends at once with 0 and without output.</returns>
    public FakeRule OnPipeline(Pipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        string text = $"OnPipeline({FakeText.Literal(pipeline)})";
        if (pipeline.Count > 1)
        {
            Add(new FakeRule(call => IsStage(call) && call.Stage < pipeline.Count - 1, $"{text}, before its last stage"))
                .Returns(call => new FakeResult { Stdout = call.Input });
        }

        return Add(new FakeRule(call => IsStage(call) && call.Stage == pipeline.Count - 1, text));

        bool IsStage(FakeCall call) =>
            call.Pipeline is { } whole && whole.Select(stage => stage.Command).SequenceEqual(pipeline.Select(stage => stage.Command));
    }

    /// <inheritdoc/>
    public CompletedProcess Run(CommandLine command, RunOptions options, CancellationToken cancellationToken = default) =>
        RunAsync(command, options, cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc/>
    /// <exception cref="UnexpectedCommandException">No rule fits; the message is the rule to write.</exception>
    public Task<CompletedProcess> RunAsync(CommandLine command, RunOptions options, CancellationToken cancellationToken = default) =>
        RunAsync(command, options, options, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="UnexpectedCommandException">No rule fits; the message is the rule to write. It comes out of the loop over the lines.</exception>
    public OutputLines Stream(CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        RunOptions asked = options ?? new RunOptions();
        return new OutputLines((_, streaming, token) => RunAsync(command, asked, streaming, token), command, asked, cancellationToken);
    }

    /// <inheritdoc/>
    public CompletedPipeline RunPipeline(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default) =>
        RunPipelineAsync(pipeline, options, cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc/>
    /// <exception cref="UnexpectedCommandException">No rule fits a stage; the message is the rule to write.</exception>
    public async Task<CompletedPipeline> RunPipelineAsync(
        Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        RunOptions prepared = Subprocess.Prepare(pipeline[0].Command, options);
        cancellationToken.ThrowIfCancellationRequested();
        return await FakePipelineRun.CompleteAsync(pipeline, prepared, call => Match(call).Next(), cancellationToken).ConfigureAwait(false);
    }

    // Two options: those that the code under test has given, which the test sees, and those that say where the output goes.
    private async Task<CompletedProcess> RunAsync(
        CommandLine command, RunOptions asked, RunOptions options, CancellationToken cancellationToken)
    {
        _ = Subprocess.Prepare(command, options);
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlyMemory<byte> input = await FakeInput.ReadAsync(options, cancellationToken).ConfigureAwait(false);
        FakeAnswer answer = Match(new FakeCall(command, asked, input)).Next();
        var call = new FakeCall(command, options, input);
        if (options.DryRun)
        {
            return Echoes.DryRun(command, options);
        }

        Echoes.Write(command, options);
        FakeResult result = await answer(call, cancellationToken).ConfigureAwait(false);
        return await FakeRun.CompleteAsync(call, result, cancellationToken).ConfigureAwait(false);
    }

    private FakeRule Add(FakeRule rule)
    {
        lock (_lock)
        {
            _rules.Add(rule);
        }

        return rule;
    }

    private FakeRule Match(FakeCall call)
    {
        FakeRule[] rules;
        lock (_lock)
        {
            _calls.Add(call);
            rules = [.. _rules];
        }

        return rules.FirstOrDefault(rule => rule.Fits(call)) ?? throw new UnexpectedCommandException(call, rules);
    }
}
