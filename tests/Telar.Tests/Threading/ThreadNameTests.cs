using System.Globalization;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class ThreadNameTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Name_ByDefault_HasANumberAndTheMethod()
    {
        Assert.Matches(@"^Thread-\d+ \(Method\)$", new Thread(Method).Name);
        Assert.Matches(@"^Thread-\d+ \(Local\)$", new Thread(Local).Name);
        Assert.Matches(@"^Thread-\d+ \(Name_ByDefault_HasANumberAndTheMethod\)$", new Thread(() => Method()).Name);
        Assert.Matches(@"^Thread-\d+$", new RunThread(static _ => { }).Name);
        Assert.NotEqual(new Thread(Method).Name, new Thread(Method).Name);
        Assert.Equal("", new Thread(Method, "").Name);

        static void Local()
        {
        }
    }

    [Fact(Timeout = 120_000)]
    public void Name_Given_UsesUpNoNumber()
    {
        // Others make threads meanwhile: of many pairs one is undisturbed.
        Assert.Contains(Enumerable.Range(0, 100), static _ =>
        {
            int before = NumberOf(new Thread(Method));
            Assert.Equal("given", new Thread(Method, "given").Name);
            return NumberOf(new Thread(Method)) == before + 1;
        });

        static int NumberOf(Thread thread) => int.Parse(thread.Name["Thread-".Length..thread.Name.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    [Fact(Timeout = 120_000)]
    public void Name_IsTheSystemsToo_CutTo15Bytes_AndCanBeChangedFromOutside()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Read in /proc.");
        using ManualResetEventSlim renamed = new();
        using ManualResetEventSlim started = new();
        string? first = null;
        string? second = null;
        Thread thread = new(
            () =>
            {
                first = Comm();
                started.Set();
                renamed.Wait(Token);
                second = Comm();
            },
            "telar-name-that-is-long");
        thread.Start();
        started.Wait(Token);

        thread.Name = "another";
        renamed.Set();
        thread.Join(s_patience, Token);

        Assert.Equal("telar-name-that", first);
        Assert.Equal("another", second);
        Assert.Equal("another", thread.Name);
        thread.Name = "after the end";
        Assert.Equal("after the end", thread.Name);
        Assert.Throws<ArgumentNullException>(() => thread.Name = null!);
    }

    [Fact(Timeout = 120_000)]
    public void Name_OfMain_IsNotTheProgramsName()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Read in /proc.");
        string before = File.ReadAllText("/proc/self/comm");

        string name = Thread.Main.Name;
        Thread.Main.Name = "renamed";
        Assert.Equal(before, File.ReadAllText("/proc/self/comm"));
        Thread.Main.Name = name;
        Assert.Equal("MainThread", name);
    }

    [Fact(Timeout = 120_000)]
    public void Name_OfTheCurrentThread_SetsTheSystemsName()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Read in /proc.");
        string? seen = null;
        System.Threading.Thread foreign = new(() =>
        {
            Thread.Current.Name = "foreign";
            seen = Comm();
        });
        foreign.Start();
        foreign.Join();

        Assert.Equal("foreign", seen);
    }

    private static string Comm() => File.ReadAllText($"/proc/self/task/{Thread.CurrentNativeId}/comm").TrimEnd();

    private static void Method()
    {
    }
}
