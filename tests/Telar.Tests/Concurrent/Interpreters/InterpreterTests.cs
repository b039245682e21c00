using System.Globalization;

namespace Telar.Tests.Concurrent.Interpreters;

using Telar.Concurrent.Interpreters;

public sealed class InterpreterTests
{
    private static int s_counter = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Create_ReturnsAnIdleInterpreterOfItsOwnNumber()
    {
        using Interpreter first = Interpreter.Create();
        using Interpreter second = Interpreter.Create(new InterpreterOptions { Name = "second" });

        Assert.True(second.Id > first.Id && first.Id > Interpreter.Main.Id);
        Assert.Equal("second", second.Name);
        Assert.Equal($"interpreter-{first.Id}", first.Name);
        Assert.Equal((false, false, false), (first.IsRunning, first.IsClosed, first.IsUnloaded));
        Assert.Equal($"Interpreter {second.Id} 'second' (idle)", second.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Main_IsNumber0AndAlwaysRuns()
    {
        Assert.Equal(0, Interpreter.Main.Id);
        Assert.True(Interpreter.Main.IsRunning);
        Assert.Same(Interpreter.Main, Interpreter.Current);
        Assert.Contains("cannot be closed", Assert.Throws<InterpreterException>(Interpreter.Main.Close).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void ListAll_HasTheMainOneAndThoseThatAreOpen()
    {
        using Interpreter open = Interpreter.Create();
        Interpreter closed = Interpreter.Create();
        closed.Close();

        IReadOnlyList<Interpreter> all = Interpreter.ListAll();

        Assert.Same(Interpreter.Main, all[0]);
        Assert.Contains(open, all);
        Assert.DoesNotContain(closed, all);
    }

    [Fact(Timeout = 120_000)]
    public void Find_GivesTheOneObject_OrSaysThatThereIsNone()
    {
        using Interpreter interpreter = Interpreter.Create();
        long id = interpreter.Id;

        Assert.Same(interpreter, Interpreter.Find(id));
        interpreter.Close();
        Assert.Equal(id, Assert.Throws<InterpreterNotFoundException>(() => Interpreter.Find(id)).InterpreterId);
    }

    [Fact(Timeout = 120_000)]
    public void Whence_TellsHowItCameToBe()
    {
        using Interpreter interpreter = Interpreter.Create();

        Assert.Equal("Interpreter.Create", interpreter.Whence);
        Assert.Equal("the start of the program", Interpreter.Main.Whence);
    }

    [Fact(Timeout = 120_000)]
    public void Call_ReturnsTheResult()
    {
        using Interpreter interpreter = Interpreter.Create();
        int captured = 20;

        Assert.Equal(42, interpreter.Call(() => captured + 22));
        Assert.Equal("7", interpreter.Call(static number => number.ToString(CultureInfo.InvariantCulture), 7));
    }

    [Fact(Timeout = 120_000)]
    public void Call_ReadsAndWritesStaticsOfItsOwn()
    {
        using Interpreter one = Interpreter.Create();
        using Interpreter other = Interpreter.Create();
        s_counter = 5;

        Assert.Equal(101, one.Call(() => ++s_counter));
        Assert.Equal(102, one.Call(() => ++s_counter));
        Assert.Equal(101, other.Call(() => ++s_counter));
        Assert.Equal(5, s_counter);
    }

    [Fact(Timeout = 120_000)]
    public void Call_TypesOfTheProgramAreTheInterpretersOwn_AndValuesOfThemCross()
    {
        using Interpreter interpreter = Interpreter.Create();
        var order = new Order("tea", [1, 2]);

        Order changed = interpreter.Call(static order => order with { Name = order.Name.ToUpperInvariant() }, order);
        string? context = interpreter.Call(static () => System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(typeof(Order).Assembly)?.Name);

        Assert.Equal("TEA", changed.Name);
        Assert.Equal([1, 2], changed.Amounts);
        Assert.NotSame(order.Amounts, changed.Amounts);
        Assert.Equal(interpreter.Name, context);
    }

    [Fact(Timeout = 120_000)]
    public void Call_OfAClosedInterpreter_IsRefused()
    {
        Interpreter interpreter = Interpreter.Create();
        interpreter.Close();

        InterpreterNotFoundException refused = Assert.Throws<InterpreterNotFoundException>(() => interpreter.Call(() => 1));

        Assert.Contains("is closed", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InterpreterNotFoundException>(interpreter.Close);
        interpreter.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public void Call_WithSomethingThatCannotCross_SaysWhichPart()
    {
        using Interpreter interpreter = Interpreter.Create();
        using var stream = new MemoryStream();

        NotShareableException refused = Assert.Throws<NotShareableException>(() => interpreter.Call(() => stream.Length));

        Assert.Equal("function.stream", refused.Path);
        Assert.StartsWith("The call cannot cross to another interpreter: function.stream -> System.IO.MemoryStream: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Current_IsTheInterpreterOfTheCode_AlsoInItsTasksAndThreads()
    {
        using Interpreter interpreter = Interpreter.Create();

        (long here, long inTask, long inThread) = interpreter.Call(static () =>
        {
            long inThread = -1;
            var thread = new Telar.Threading.Thread(() => inThread = Interpreter.Current.Id);
            thread.Start();
            thread.Join();
            return (Interpreter.Current.Id, Task.Run(static () => Interpreter.Current.Id).GetAwaiter().GetResult(), inThread);
        });

        Assert.Equal((interpreter.Id, interpreter.Id, interpreter.Id), (here, inTask, inThread));
        Assert.Same(Interpreter.Main, Interpreter.Current);
    }

    [Fact(Timeout = 120_000)]
    public void Create_InsideAnother_MakesOneThatOutlivesIt()
    {
        long inner;
        using (Interpreter outer = Interpreter.Create())
        {
            inner = outer.Call(static () => Keep(Interpreter.Create()).Id);
            Assert.Equal(inner + 1000, outer.Call(static () => s_kept!.Call(static () => Interpreter.Current.Id + 1000)));
        }

        GC.KeepAlive(s_kept);
    }

    private static Interpreter? s_kept;

    private static Interpreter Keep(Interpreter interpreter) => s_kept = interpreter;

    [Fact(Timeout = 120_000)]
    public void Call_OfMainFromInside_RunsInTheProgram()
    {
        using Interpreter interpreter = Interpreter.Create();
        s_counter = 7;

        (int inside, int main, long id) = interpreter.Call(static () =>
            (s_counter, Interpreter.Main.Call(static () => s_counter), Interpreter.Main.Call(static () => Interpreter.Current.Id)));

        Assert.Equal((100, 7, 0), (inside, main, id));
    }

    [Fact(Timeout = 120_000)]
    public void IsRunning_WhileACallRuns_AndCloseIsRefused()
    {
        using Interpreter interpreter = Interpreter.Create();
        var entered = new Telar.Threading.Event();
        var mayLeave = new Telar.Threading.Event();

        Telar.Threading.Thread thread = interpreter.CallInThread(() =>
        {
            entered.Set();
            mayLeave.Wait();
        });
        entered.Wait(cancellationToken: Token);

        Assert.True(interpreter.IsRunning);
        InterpreterException refused = Assert.Throws<InterpreterException>(interpreter.Close);
        Assert.Contains("while 1 of its calls run", refused.Message, StringComparison.Ordinal);
        mayLeave.Set();
        Assert.True(thread.Join(cancellationToken: Token));
        Assert.False(interpreter.IsRunning);
    }

    [Fact(Timeout = 120_000)]
    public void Close_FromInside_IsRefused()
    {
        using Interpreter interpreter = Interpreter.Create();

        ExecutionFailedException failed = Assert.Throws<ExecutionFailedException>(() => interpreter.Call(static () => Interpreter.Current.Close()));

        Assert.Contains("cannot close itself", failed.Message, StringComparison.Ordinal);
        Assert.IsType<InterpreterException>(failed.InnerException);
    }

    [Fact(Timeout = 120_000)]
    public async Task CallAsync_RunsFunctionsOfBothKinds()
    {
        using Interpreter interpreter = Interpreter.Create();
        s_counter = 1;

        int plain = await interpreter.CallAsync(static () => s_counter + 1, Token);
        int async = await interpreter.CallAsync(
            static async () =>
            {
                await Task.Yield();
                return s_counter + 2;
            },
            Token);
        await interpreter.CallAsync(static () => { s_counter = 200; }, Token);
        await interpreter.CallAsync(
            static async () =>
            {
                await Task.Yield();
                s_counter++;
            },
            Token);

        Assert.Equal((101, 102, 201, 1), (plain, async, interpreter.Call(static () => s_counter), s_counter));
    }

    [Fact(Timeout = 120_000)]
    public async Task Call_WithAToken_IsAskedToStop()
    {
        using Interpreter interpreter = Interpreter.Create();
        using var cancel = new CancellationTokenSource();
        var entered = new Telar.Threading.Event();
        Task cancelling = Task.Run(
            () =>
            {
                entered.Wait();
                cancel.Cancel();
            },
            Token);

        OperationCanceledException stopped = Assert.ThrowsAny<OperationCanceledException>(() => interpreter.Call(
            token =>
            {
                entered.Set();
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            cancel.Token));

        Assert.Equal(cancel.Token, stopped.CancellationToken);
        await cancelling;
    }

    [Fact(Timeout = 120_000)]
    public void PrepareMain_BindsANameThatCodeInsideFinds()
    {
        using Interpreter interpreter = Interpreter.Create();
        var order = new Order("rice", [3]);

        interpreter.PrepareMain("order", order);
        interpreter.PrepareMain(new Dictionary<string, object?> { ["n"] = 3, ["nothing"] = null });
        interpreter.Call(static () => Interpreter.Current.GetMain<Order>("order")!.Amounts.Add(Interpreter.Current.GetMain<int>("n")));

        Assert.Equal([3], order.Amounts);
        Assert.Equal([3, 3], interpreter.GetMain<Order>("order")!.Amounts);
        Assert.Null(interpreter.GetMain<string>("nothing"));
        Assert.False(interpreter.TryGetMain("absent", out string? _));
        Assert.Contains("'absent'", Assert.Throws<KeyNotFoundException>(() => interpreter.GetMain<int>("absent")).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void GetMain_AsAnotherType_NamesBoth()
    {
        using Interpreter interpreter = Interpreter.Create();
        interpreter.PrepareMain("order", new Order("rice", []));

        InvalidCastException wrong = Assert.Throws<InvalidCastException>(() => interpreter.GetMain<string>("order"));

        Assert.Contains("InterpreterTests.Order of assembly Telar.Tests in the program", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("not string of assembly System.Private.CoreLib in the program", wrong.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void IsShareable_IsTrueForWhatPassesAsItself()
    {
        object?[] shareable =
        [
            null, true, 1, 1.5, "text", 'c', 1m, Guid.Empty, DateTime.UnixEpoch, (1, "two"), Tuple.Create(1, 2.0), new byte[3].AsMemory(), Interpreter.Main,
            Interpreter.CreateQueue<Order>(), new Telar.Threading.Event(), new Telar.Threading.Lock(), CancellationToken.None,
        ];
        object?[] copied = [new Order("tea", []), new byte[3], new List<int>(), (1, new int[1]), new object(), new Action(static () => { })];

        Assert.All(shareable, static value => Assert.True(Interpreter.IsShareable(value), $"{value}"));
        Assert.All(copied, static value => Assert.False(Interpreter.IsShareable(value), $"{value}"));
    }

    [Fact(Timeout = 120_000)]
    public void Call_SharesMemoryOfNumbers_AndCopiesArrays()
    {
        using Interpreter interpreter = Interpreter.Create();
        int[] copied = [1, 2, 3];
        int[] seen = [1, 2, 3];
        Memory<int> shared = seen.AsMemory();

        interpreter.Call(() =>
        {
            copied[0] = 9;
            shared.Span[0] = 9;
        });

        Assert.Equal((1, 9), (copied[0], seen[0]));
    }

    [Fact(Timeout = 120_000)]
    public void SharedAssemblies_HaveNoCopyOfTheirOwn()
    {
        s_counter = 55;
        using Interpreter interpreter = Interpreter.Create(new InterpreterOptions { SharedAssemblies = ["Telar.Tests"] });

        Assert.Equal(55, interpreter.Call(static () => s_counter));
        Assert.Same(typeof(Order), interpreter.Call(static () => typeof(Order)));
    }

    [Fact(Timeout = 120_000)]
    public void NamesOfTypes_MeanTheInterpretersOwn()
    {
        using Interpreter interpreter = Interpreter.Create();
        string name = typeof(Order).AssemblyQualifiedName!;

        Assert.True(interpreter.Call(static name => Type.GetType(name) == typeof(Order), name));
        Assert.Same(typeof(Order), interpreter.Call(static () => typeof(Order)));
    }

    private sealed record Order(string Name, List<int> Amounts);
}
