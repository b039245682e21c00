namespace Telar.Tests.Scripting;

using Telar.Concurrent.Interpreters;
using Telar.Scripting;

public sealed class ScriptTests
{
    [Fact(Timeout = 120_000)]
    public void Exec_RunsSourceTextInTheInterpreter()
    {
        using Interpreter interpreter = Interpreter.Create();

        int returned = interpreter.Exec("return (int)Interpreter.Current.Id * 10 + args.Length;");

        Assert.Equal((int)interpreter.Id * 10, returned);
    }

    [Fact(Timeout = 120_000)]
    public void Exec_ReadsAndWritesTheNamesOfTheInterpreter()
    {
        using Interpreter interpreter = Interpreter.Create();
        interpreter.PrepareMain("n", 20);
        interpreter.PrepareMain("not an identifier", 1);
        interpreter.PrepareMain("class", "keyword");

        interpreter.Exec("n = n + 22; @class = @class + \"s\";");

        Assert.Equal((42, "keywords"), (interpreter.GetMain<int>("n"), interpreter.GetMain<string>("class")));
    }

    [Fact(Timeout = 120_000)]
    public void Exec_OfATextWithErrors_NamesThemAndRunsNothing()
    {
        using Interpreter interpreter = Interpreter.Create();
        interpreter.PrepareMain("ran", false);

        ScriptCompilationException wrong = Assert.Throws<ScriptCompilationException>(() => interpreter.Exec("ran = true;\nint x = missing;"));

        ScriptError error = Assert.Single(wrong.Errors);
        Assert.Equal(("CS0103", 2, 9), (error.Id, error.Line, error.Column));
        Assert.Contains("'missing'", wrong.Message, StringComparison.Ordinal);
        Assert.False(interpreter.GetMain<bool>("ran"));
    }

    [Fact(Timeout = 120_000)]
    public void Exec_WhenTheTextThrowsAnExceptionOfItsOwn_TheCallerHasItAsData()
    {
        using Interpreter interpreter = Interpreter.Create();

        ExecutionFailedException failed = Assert.Throws<ExecutionFailedException>(() => interpreter.Exec(
            """
            Fail();
            void Fail() => throw new OnlyHereException();
            class OnlyHereException : Exception { public OnlyHereException() : base("only here") { } }
            """,
            new ScriptOptions { Name = "job.csx" }));

        Assert.Equal(("OnlyHereException", "only here"), (failed.Info.TypeName, failed.Info.Message));
        Assert.Contains("job.csx:line 2", failed.Info.StackTrace, StringComparison.Ordinal);
        Assert.Contains("job.csx:line 2", failed.ToString(), StringComparison.Ordinal);
        Assert.Null(failed.InnerException);
    }

    [Fact(Timeout = 120_000)]
    public void Compile_Once_RunsInSeveralInterpreters()
    {
        using Interpreter one = Interpreter.Create();
        using Interpreter other = Interpreter.Create();
        Script script = Script.Compile("await Task.Yield(); Counter.Value += args[0].Length; return Counter.Value; static class Counter { public static int Value; }");

        Assert.Equal((3, 4), (script.RunIn(one, "abc"), script.RunIn(other, "abcd")));
        Assert.Equal("script", script.Name);
    }

    [Fact(Timeout = 120_000)]
    public void Exec_UsesTheInterpretersOwnCopyOfTheProgram()
    {
        PublicState.Value = 1;
        using Interpreter interpreter = Interpreter.Create();

        interpreter.Exec("Telar.Tests.Scripting.PublicState.Value = 77;");

        Assert.Equal((1, 77), (PublicState.Value, interpreter.Call(static () => PublicState.Value)));
    }
}
