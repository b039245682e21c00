namespace Telar.Tests.Threading;

using Telar.Threading;

public class LocalTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Value_IsEachThreadsOwn()
    {
        Local<int> local = new() { Value = 1 };
        Exception? unset = null;
        int other = 0;
        OnAThread(() =>
        {
            unset = Record.Exception(() => local.Value);
            local.Value = 2;
            other = local.Value;
        });

        Assert.IsType<InvalidOperationException>(unset);
        Assert.Contains("no value in Thread 'own'", unset.Message, StringComparison.Ordinal);
        Assert.Equal((1, 2), (local.Value, other));
    }

    [Fact(Timeout = 120_000)]
    public void Factory_RunsOncePerThread_WhenItFirstAsks()
    {
        int made = 0;
        Local<List<int>> local = new(() => [Interlocked.Increment(ref made)]);
        Assert.Equal(0, made);

        Assert.Same(local.Value, local.Value);
        List<int>? other = null;
        OnAThread(() => other = local.Value);

        Assert.Equal(2, made);
        Assert.NotSame(other, local.Value);
    }

    [Fact(Timeout = 120_000)]
    public void Factory_ThatThrows_IsCalledAgain()
    {
        int calls = 0;
        Local<int> local = new(() => ++calls == 1 ? throw new FormatException() : calls);

        Assert.Throws<FormatException>(() => local.Value);
        Assert.False(local.HasValue);
        Assert.Equal(2, local.Value);
    }

    [Fact(Timeout = 120_000)]
    public void Factory_ThatReadsTheValue_IsRefused_AndMaySetIt()
    {
        Local<int>? reading = null;
        reading = new Local<int>(() => reading!.Value);
        Assert.Throws<InvalidOperationException>(() => reading.Value);

        Local<int>? setting = null;
        setting = new Local<int>(() => setting!.Value = 7);
        Assert.Equal(7, setting.Value);
    }

    [Fact(Timeout = 120_000)]
    public void Remove_IsPerThread()
    {
        Local<int> local = new(static () => 5) { Value = 1 };
        bool other = true;
        OnAThread(() => other = local.Remove());
        Assert.False(other);
        Assert.True(local.TryGet(out int value));
        Assert.Equal(1, value);
        Assert.Equal("1", local.ToString());

        Assert.True(local.Remove());

        Assert.False(local.HasValue);
        Assert.False(local.TryGet(out _));
        Assert.Equal("(no value in this thread)", local.ToString());
        Assert.False(local.Remove());
        Assert.Equal(5, local.Value);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void Value_DiesWithItsThread(bool reuse)
    {
        Local<object> local = new();
        WeakReference? value = null;
        OnAThread(() => value = Fill(local), reuse);

        for (int i = 0; value!.IsAlive && i < 200; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            System.Threading.Thread.Yield();
        }

        Assert.False(value.IsAlive);
        GC.KeepAlive(local);

        static WeakReference Fill(Local<object> local)
        {
            local.Value = new object();
            return new WeakReference(local.Value);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Constructor_WithoutFactory_IsRefused() => Assert.Throws<ArgumentNullException>(static () => new Local<int>(null!));

    [Fact(Timeout = 120_000)]
    public void LocalObject_Attributes_AreEachThreadsOwn()
    {
        LocalObject data = new();
        data["x"] = 1;
        data["y"] = null;
        Exception? unset = null;
        bool removed = true;
        OnAThread(() =>
        {
            unset = Record.Exception(() => data["x"]);
            removed = data.Remove("x");
            data["x"] = 2;
        });

        Assert.Contains("'x'", Assert.IsType<KeyNotFoundException>(unset).Message, StringComparison.Ordinal);
        Assert.False(removed);
        Assert.Equal(1, data["x"]);
        Assert.True(data.TryGet("y", out object? y));
        Assert.Null(y);
        Assert.Equal(["x", "y"], data.Names);
        Assert.True(data.Remove("x"));
        Assert.Throws<KeyNotFoundException>(() => data["x"]);
        Assert.Throws<ArgumentNullException>(() => data[null!] = 1);
    }

    [Fact(Timeout = 120_000)]
    public void LocalObject_IsDynamic()
    {
        dynamic data = new LocalObject();
        data.number = 42;

        Assert.Equal(42, (int)data.number);
        Assert.Throws<Microsoft.CSharp.RuntimeBinder.RuntimeBinderException>(() => data.other);
        Assert.Equal(["number"], ((LocalObject)data).GetDynamicMemberNames());
    }

    [Fact(Timeout = 120_000)]
    public void LocalObject_Initializer_RunsOncePerThread()
    {
        int runs = 0;
        LocalObject data = new(me =>
        {
            runs++;
            me["numbers"] = new List<int> { 1 };
            Assert.Equal(["numbers"], me.Names);
        });

        ((List<int>)data["numbers"]!).Add(2);
        int others = 0;
        OnAThread(() => others = ((List<int>)data["numbers"]!).Count);

        Assert.Equal((2, 1, 2), (runs, others, ((List<int>)data["numbers"]!).Count));
    }

    [Fact(Timeout = 120_000)]
    public void LocalObject_InitializerThatThrows_RunsAgain()
    {
        int runs = 0;
        LocalObject data = new(me =>
        {
            me["run"] = ++runs;
            if (runs == 1)
            {
                throw new FormatException();
            }
        });

        Assert.Throws<FormatException>(() => data["run"]);
        Assert.Equal(2, data["run"]);
    }

    [Fact(Timeout = 120_000)]
    public void LocalObject_Subclass_SharesItsMembersAndNotItsAttributes()
    {
        Counted data = new();
        data["x"] = 1;
        data.Shared = 5;
        (bool, int) seen = default;
        OnAThread(() => seen = (data.TryGet("x", out _), data.Shared));

        Assert.Equal((false, 5), seen);
    }

    private static void OnAThread(Action body, bool reuse = false)
    {
        Thread thread = new(body, "own", reuse: reuse);
        thread.Start();
        Assert.True(thread.Join(s_patience, Token));
        Assert.Null(thread.Exception);
    }

    private sealed class Counted : LocalObject
    {
        public int Shared { get; set; }
    }
}
