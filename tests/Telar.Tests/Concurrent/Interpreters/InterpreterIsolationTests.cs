namespace Telar.Tests.Concurrent.Interpreters;

using Telar.Concurrent.Interpreters;

/// <summary>What docs/reference/interpreters.md says is apart, and what it says is not.</summary>
public sealed class InterpreterIsolationTests
{
    private static readonly AsyncLocal<string?> s_asyncLocal = new();
    private static readonly object s_token = new();

    [ThreadStatic]
    private static int t_own;

    [Fact(Timeout = 120_000)]
    public void ThreadStaticsOfTheProgram_AreApart_OnTheSameThread()
    {
        using Interpreter interpreter = Interpreter.Create();
        t_own = 3;

        int inside = interpreter.Call(static () => t_own++);
        int again = interpreter.Call(static () => t_own);

        Assert.Equal((0, 1, 3), (inside, again, t_own));
    }

    [Fact(Timeout = 120_000)]
    public void AsyncLocalsOfTheProgram_AreApart()
    {
        using Interpreter interpreter = Interpreter.Create();
        s_asyncLocal.Value = "outside";

        string? inside = interpreter.Call(static () =>
        {
            string? before = s_asyncLocal.Value;
            s_asyncLocal.Value = "inside";
            return before;
        });

        Assert.Equal((null, "outside"), (inside, s_asyncLocal.Value));
    }

    [Fact(Timeout = 120_000)]
    public void StaticsOfTheFramework_AreShared()
    {
        using Interpreter interpreter = Interpreter.Create();
        string key = $"telar-test-{Guid.NewGuid()}";

        interpreter.Call(() => AppContext.SetData(key, "inside"));

        Assert.Equal("inside", AppContext.GetData(key));
        AppContext.SetData(key, null);
    }

    [Fact(Timeout = 120_000)]
    public void TheEnvironment_IsShared()
    {
        using Interpreter interpreter = Interpreter.Create();
        string name = $"TELAR_TEST_{Guid.NewGuid():n}";

        interpreter.Call(() => Environment.SetEnvironmentVariable(name, "inside"));

        Assert.Equal("inside", Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, null);
    }

    [Fact(Timeout = 120_000)]
    public void StaticsOfTelar_AreShared()
    {
        using Interpreter interpreter = Interpreter.Create();

        Assert.Contains(interpreter.Id, interpreter.Call(static () => Interpreter.ListAll().Select(static other => other.Id).ToList()));
        Assert.Same(Interpreter.Main, interpreter.Call(static () => Interpreter.Main));
    }

    [Fact(Timeout = 120_000)]
    public void TypesOfTheFramework_AreTheSame()
    {
        using Interpreter interpreter = Interpreter.Create();

        Assert.Same(typeof(List<int>), interpreter.Call(static () => typeof(List<int>)));
    }

    [Fact(Timeout = 120_000)]
    public void LocksOnStatics_DoNotExcludeEachOther()
    {
        using Interpreter interpreter = Interpreter.Create();
        bool entered;
        lock (s_token)
        {
            Telar.Threading.Thread thread = interpreter.CallInThread(static () => Interpreter.Current.PrepareMain("entered", Monitor.TryEnter(s_token) && Release()));
            thread.Join(cancellationToken: TestContext.Current.CancellationToken);
            entered = interpreter.GetMain<bool>("entered");
        }

        Assert.True(entered);
    }

    private static bool Release()
    {
        Monitor.Exit(s_token);
        return true;
    }
}
