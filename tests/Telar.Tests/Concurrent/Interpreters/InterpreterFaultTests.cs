using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Telar.Tests.Concurrent.Interpreters;

using Telar.Concurrent.Interpreters;

public sealed class InterpreterFaultTests
{
    [Fact(Timeout = 120_000)]
    public void Call_WhenTheCodeThrows_HasTheOriginalAndItsData()
    {
        using Interpreter interpreter = Interpreter.Create();

        ExecutionFailedException failed = Assert.Throws<ExecutionFailedException>(() => interpreter.Call(static () => Fail()));

        OwnException original = Assert.IsType<OwnException>(failed.InnerException);
        Assert.Equal(("own", 5), (original.Message, original.Number));
        Assert.Equal(interpreter.Id, failed.InterpreterId);
        Assert.Equal((typeof(OwnException).FullName, "own"), (failed.Info.TypeName, failed.Info.Message));
        Assert.Contains(nameof(Fail), failed.Info.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(Fail), failed.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, interpreter.Call(static () => 1));
    }

    [Fact(Timeout = 120_000)]
    public void Call_WhenTheExceptionHasNoReadableMessage_EndsAllTheSame()
    {
        using Interpreter interpreter = Interpreter.Create();

        ExecutionFailedException failed = Assert.Throws<ExecutionFailedException>(() => interpreter.Call(static () => throw new UnreadableException()));

        Assert.Equal("(its message cannot be read: NotSupportedException)", failed.Info.Message);
    }

    [Fact(Timeout = 120_000)]
    public void Call_WhenTheResultCannotCross_Fails()
    {
        using Interpreter interpreter = Interpreter.Create();

        ExecutionFailedException failed = Assert.Throws<ExecutionFailedException>(() => interpreter.Call<object>(static () => new MemoryStream()));

        Assert.IsType<NotShareableException>(failed.InnerException);
    }

    [Fact(Timeout = 120_000)]
    public void Call_OfCodeThatIsOnlyInMemory_SaysThatTheInterpreterCannotLoadIt()
    {
        byte[] image = CompiledAssembly.Compile(
            "OnlyInMemory", "public static class OnlyInMemory { public static int Answer() => 42; }", OutputKind.DynamicallyLinkedLibrary);
        MethodInfo method = Assembly.Load(image).GetType("OnlyInMemory")!.GetMethod("Answer")!;
        var answer = method.CreateDelegate<Func<int>>();
        using Interpreter interpreter = Interpreter.Create();

        InterpreterException refused = Assert.Throws<InterpreterException>(() => interpreter.Call(answer));

        Assert.Contains("'OnlyInMemory'", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"could not be made in Interpreter {interpreter.Id}", refused.Message, StringComparison.Ordinal);
        Assert.False(interpreter.IsRunning);
    }

    [Fact(Timeout = 120_000)]
    public void CallInThread_WhenTheCodeThrows_TheHookGetsIt()
    {
        using Interpreter interpreter = Interpreter.Create();
        Telar.Threading.Thread thread = interpreter.CallInThread(static () => Fail(), "failing");

        Assert.True(thread.Join(cancellationToken: TestContext.Current.CancellationToken));

        Assert.IsType<OwnException>(Assert.IsType<ExecutionFailedException>(thread.Exception).InnerException);
        Assert.False(interpreter.IsRunning);
    }

    [Fact(Timeout = 120_000)]
    public async Task CallAsync_WhenTheCodeThrows_TheTaskHasIt()
    {
        using Interpreter interpreter = Interpreter.Create();

        Task<int> failing = interpreter.CallAsync(
            static async () =>
            {
                await Task.Yield();
                return Fail();
            },
            TestContext.Current.CancellationToken);

        ExecutionFailedException failed = await Assert.ThrowsAsync<ExecutionFailedException>(() => failing);
        Assert.IsType<OwnException>(failed.InnerException);
        Assert.False(interpreter.IsRunning);
    }

    [Fact(Timeout = 120_000)]
    public void Call_WithALambdaThatHoldsAnObjectOfAnother_CopiesIt()
    {
        using Interpreter one = Interpreter.Create();
        using Interpreter other = Interpreter.Create();
        Telar.Threading.Event set = one.Call(static () => new Telar.Threading.Event());
        one.PrepareMain("maker", new Maker());

        // Main hands on what came from one to other: each holds its own copy of the record, and the same event.
        Maker maker = one.GetMain<Maker>("maker")!;
        string name = other.Call(() =>
        {
            set.Set();
            return System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(maker.GetType().Assembly)!.Name!;
        });

        Assert.Equal(other.Name, name);
        Assert.True(set.IsSet);
    }

    private static int Fail() => throw new OwnException(5);

    private sealed record Maker;

    private sealed class OwnException(int number) : Exception("own")
    {
        public int Number { get; } = number;
    }

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
