using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Telar.Tests.Internal.Diagnostics;

using Telar.Internal.Diagnostics;
using Telar.Internal.Waiting;

public class ManagedStacksTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Take_OfThisProcess_SeesThreadsThatWaitAndThatRun()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The diagnostic port is a socket on Linux.");
        using ManualResetEventSlim go = new();
        Thread waits = new(() => WaitsHere(go)) { Name = "waits here" };
        Thread spins = new(() => SpinsHere(go));
        waits.Start();
        spins.Start();
        Assert.True(SpinWait.SpinUntil(() => waits.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), 10_000));

        NativeThread? native = NativeThread.Of(Environment.ProcessId).Find(static thread => thread.Name == "waits here");
        Assert.NotNull(native);

        // A thread also waits while what it is about to call is loaded; on a busy machine the moment that is sampled may be that one.
        WaitDeadline deadline = WaitDeadline.After(TimeSpan.FromSeconds(100));
        Dictionary<long, string[]> stacks;
        string[] atRest;
        do
        {
            stacks = ManagedStacks.Take(Environment.ProcessId, deadline);
            atRest = stacks.GetValueOrDefault(native.Id, []);
        }
        while ((PlaceIn(atRest, nameof(WaitsThere)) < 0 || !stacks.Values.Any(IsSpinning)) && deadline.Remaining > TimeSpan.FromSeconds(20));

        go.Set();
        waits.Join();
        spins.Join();
        Assert.Contains(stacks.Values, IsSpinning);
        Assert.InRange(PlaceIn(atRest, nameof(WaitsThere)), 0, PlaceIn(atRest, nameof(WaitsHere)) - 1);
    }

    [Fact(Timeout = 120_000)]
    public void Take_OfAProcessThatIsNoneOfDotNet_SaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Runs sleep.");
        using Process sleep = Process.Start("sleep", "60");
        try
        {
            IOException failure = Assert.Throws<IOException>(() => ManagedStacks.Take(sleep.Id, WaitDeadline.After(TimeSpan.FromSeconds(20))));
            Assert.Contains($"The diagnostic port of process {sleep.Id} did not answer", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            sleep.Kill();
            sleep.WaitForExit(10_000);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Take_OfNoProcess_SaysSo() =>
        Assert.Contains(
            "There is no process",
            Assert.Throws<IOException>(static () => ManagedStacks.Take(int.MaxValue, WaitDeadline.After(TimeSpan.FromSeconds(20)))).Message,
            StringComparison.Ordinal);

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("Nettrace")]
    [InlineData("Nettrace\u0014\0\0\0!FastSerialization.1")]
    [InlineData("Nettrace\u0014\0\0\0!FastSerialization.1\u0005\u0005\u0001aaaabbbb\u0004\0\0\0SPBk\u0007")]
    [InlineData("GET / HTTP/1.1 and so on and on")]
    public void Read_OfWhatIsNoTrace_IsRefused(string text) =>
        Assert.Throws<InvalidDataException>(() => new NettraceReader(System.Text.Encoding.Latin1.GetBytes(text)).Read(static (_, _, _, _, _) => { }));

    [Fact(Timeout = 120_000)]
    public void Read_OfATrace_GivesItsEventWithTheStack()
    {
        List<string> events = Read(NettraceSample.OneEvent());

        Assert.Equal(["Sample 9 on 77 at 4096,8192: 3 bytes"], events);
    }

    // Seen red: without the catch in Read.
    [Fact(Timeout = 120_000)]
    public void Read_OfATraceThatBreaksOff_IsRefused()
    {
        byte[] trace = NettraceSample.OneEvent();

        Assert.All(Enumerable.Range(0, trace.Length), length => Assert.Throws<InvalidDataException>(() => Read(trace[..length])));
    }

    [Fact(Timeout = 120_000)]
    public void Read_OfADamagedTrace_EndsOrIsRefused()
    {
        Random random = new(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] trace = NettraceSample.OneEvent();
            for (int hits = random.Next(1, 5); hits > 0; hits--)
            {
                trace[random.Next(trace.Length)] = (byte)random.Next(256);
            }

            Exception? refused = Record.Exception(() => Read(trace));
            Assert.True(refused is null or InvalidDataException, $"{Convert.ToHexString(trace)}: {refused}");
        }
    }

    [Fact(Timeout = 120_000)]
    public void Parse_OfADamagedLineOfProc_UnderstandsOrDoesNot()
    {
        const string Line = "12 (a) b) S 1 12 12 0 -1 0 0 0 0 0 250 50 0 0 20 0 1 0";
        Random random = new(6);
        for (int i = 0; i < 20_000; i++)
        {
            char[] line = Line.ToCharArray(0, random.Next(Line.Length + 1));
            for (int hits = Math.Min(line.Length, random.Next(4)); hits > 0; hits--)
            {
                line[random.Next(line.Length)] = "() 9-\0"[random.Next(6)];
            }

            Assert.Null(Record.Exception(() => NativeThread.Parse(12, new string(line), "0")));
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("12 (a) b) S 1 12 12 0 -1 0 0 0 0 0 250 50 0 0 20 0 1 0", "futex_do_wait", "a) b: waiting in futex_do_wait 3")]
    [InlineData("12 (dotnet) R 1 12 12 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0", "0", "dotnet: running in  0")]
    [InlineData("12 (dotnet", "0", null)]
    [InlineData(") S 1 12 12 0 -1 0 0 0 0 0 250 50 (", "0", null)]
    [InlineData("", "", null)]
    public void Parse_OfALineOfProc_Understands(string line, string place, string? expected)
    {
        NativeThread? thread = NativeThread.Parse(12, line, place);
        Assert.Equal(expected, thread is null ? null : $"{thread.Name}: {thread.State} in {thread.WaitsIn} {thread.ProcessorTime.TotalSeconds}");
    }

    private static bool IsSpinning(string[] stack) => PlaceIn(stack, nameof(SpinsHere)) >= 0;

    // Negative when the method is not on the stack; 0 is the innermost.
    private static int PlaceIn(string[] stack, string name) =>
        Array.FindIndex(stack, method => method.EndsWith(name, StringComparison.Ordinal));

    private static List<string> Read(byte[] trace)
    {
        List<string> events = [];
        new NettraceReader(trace).Read((provider, number, thread, stack, content) =>
            events.Add($"{provider} {number} on {thread} at {string.Join(',', stack)}: {content.Length} bytes"));
        return events;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static void WaitsHere(ManualResetEventSlim go) => WaitsThere(go);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static void WaitsThere(ManualResetEventSlim go) => go.Wait(Token);

    private static void SpinsHere(ManualResetEventSlim go)
    {
        while (!go.IsSet)
        {
            Thread.SpinWait(100);
        }
    }
}
