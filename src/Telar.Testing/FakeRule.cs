namespace Telar.Testing;

/// <summary>One rule of a <see cref="FakeSubprocessRunner"/>: for which commands, and what comes of them.</summary>
/// <remarks>
/// Each answer that is added is for the next call, and the last one for all that follow:
/// <c>fake.On(["ping", "db"]).Fails(1).Fails(1).Returns()</c> fails twice. <b>Thread safety.</b> All members may be called from any
/// thread; each call takes one answer.
/// </remarks>
// State machine
//   None.
// Invariants
//   I1  _answers only grows; answer number CallCount is the next, or the last one when there are not as many.
// Locks
//   _lock is a leaf; conditions and answers are called without it.
// Ownership
//   The runner that made it.
public sealed class FakeRule
{
    private static readonly FakeAnswer s_nothing = (_, _) => Task.FromResult(new FakeResult());

    private readonly Lock _lock = new();
    private readonly Func<FakeCall, bool> _condition;
    private readonly string _text;
    private readonly List<FakeAnswer> _answers = [];
    private int _callCount;

    internal FakeRule(Func<FakeCall, bool> condition, string text)
    {
        _condition = condition;
        _text = text;
    }

    /// <summary>How many commands it has answered.</summary>
    public int CallCount
    {
        get
        {
            lock (_lock)
            {
                return _callCount;
            }
        }
    }

    /// <summary>The program ends with a return code after it has written texts.</summary>
    /// <param name="stdout">What it writes to standard output.</param>
    /// <param name="stderr">What it writes to standard error.</param>
    /// <param name="returnCode">The exit code; -n when signal n killed it.</param>
    /// <returns>This rule.</returns>
    public FakeRule Returns(string stdout = "", string stderr = "", int returnCode = 0) => Returns(FakeResult.Text(stdout, stderr, returnCode));

    /// <summary>The program does not succeed.</summary>
    /// <param name="returnCode">The exit code; -n when signal n killed it.</param>
    /// <param name="stderr">What it writes to standard error.</param>
    /// <returns>This rule.</returns>
    public FakeRule Fails(int returnCode = 1, string stderr = "") => Returns(FakeResult.Text("", stderr, returnCode));

    /// <summary>The program ends so.</summary>
    /// <param name="result">What comes of it.</param>
    /// <returns>This rule.</returns>
    public FakeRule Returns(FakeResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Answers((_, _) => Task.FromResult(result));
    }

    /// <summary>The program ends as a function says.</summary>
    /// <param name="answer">Called for each such command, with the input that the program was fed.</param>
    /// <returns>This rule.</returns>
    public FakeRule Returns(Func<FakeCall, FakeResult> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Answers((call, _) => Task.FromResult(answer(call)));
    }

    /// <summary>The program ends when and as a function says: the place for a test that has to see it run.</summary>
    /// <param name="answer">Called for each such command.</param>
    /// <returns>This rule.</returns>
    public FakeRule Answers(FakeAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        lock (_lock)
        {
            _answers.Add(answer);
        }

        return this;
    }

    /// <summary>The program runs until it is stopped: by the timeout, at once, or by the token.</summary>
    /// <returns>This rule.</returns>
    public FakeRule NeverEnds() => Returns(new FakeResult { Takes = Timeout.InfiniteTimeSpan });

    /// <summary>The program cannot be started, or something else goes wrong.</summary>
    /// <param name="exception">What the run throws.</param>
    /// <returns>This rule.</returns>
    public FakeRule Throws(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Answers((_, _) => Task.FromException<FakeResult>(exception));
    }

    /// <summary>For which commands it is.</summary>
    /// <returns>Such as <c>On(["git", "log"])</c>.</returns>
    public override string ToString() => _text;

    internal bool Fits(FakeCall call) => _condition(call);

    internal FakeAnswer Next()
    {
        lock (_lock)
        {
            int index = Math.Min(_callCount++, _answers.Count - 1);
            return index < 0 ? s_nothing : _answers[index];
        }
    }
}
