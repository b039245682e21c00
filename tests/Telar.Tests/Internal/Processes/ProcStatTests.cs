using Telar.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Processes;

public sealed class ProcStatTests
{
    [Fact(Timeout = 120_000)]
    public Task TryParse_WithAHostileName_ReadsTheFieldsBehindIt()
    {
        bool read = ProcStat.TryParse(
            42,
            "42 (a) Z 1 (b) S 7 8 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456789 1000 2"u8,
            out ProcStat stat);

        Assert.True(read);
        Assert.Equal(new ProcStat(42, 7, 8, 9, 123456789, IsDead: false), stat);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 120_000)]
    [InlineData('Z', 1, true)]
    [InlineData('Z', 2, false)]
    [InlineData('X', 1, true)]
    [InlineData('R', 1, false)]
    [InlineData('D', 1, false)]
    public Task TryParse_TellsTheDead(char state, int threads, bool isDead)
    {
        byte[] line = System.Text.Encoding.ASCII.GetBytes($"42 (x) {state} 7 8 9 0 -1 0 1 2 3 4 5 6 7 8 20 0 {threads} 0 55 1");

        Assert.True(ProcStat.TryParse(42, line, out ProcStat stat));
        Assert.Equal(isDead, stat.IsDead);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("42 (x)")]
    [InlineData("42 (x) S 7 8")]
    [InlineData("42 (x) S a b c d")]
    public Task TryParse_OfSomethingElse_Fails(string line)
    {
        Assert.False(ProcStat.TryParse(42, System.Text.Encoding.ASCII.GetBytes(line), out _));
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task TryParse_OfADamagedLine_ReadsItOrFails()
    {
        byte[] whole = "42 (a) Z 1 (b) S 7 8 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456789 1000 2"u8.ToArray();
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] line = whole[..random.Next(whole.Length + 1)];
            for (int hits = Math.Min(line.Length, random.Next(4)); hits > 0; hits--)
            {
                line[random.Next(line.Length)] = (byte)random.Next(256);
            }

            Assert.Null(Record.Exception(() => ProcStat.TryParse(42, line, out _)));
        }

        return Task.CompletedTask;
    }

    [Theory(Timeout = 120_000)]
    [InlineData("1000", "0", true)]
    [InlineData("0", "0", false)]
    [InlineData("1000", "77", false)]
    public Task SaysInExec_OfOneWithMemoryAndNoEnvironment(string memory, string environmentEnd, bool isInExec)
    {
        string between = string.Concat(Enumerable.Repeat(" 5", 27));
        byte[] line = System.Text.Encoding.ASCII.GetBytes($"42 (a) b) S 7 8 9 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 55 {memory}{between} {environmentEnd} 0\n");

        Assert.Equal(isInExec, ProcStat.SaysInExec(line));
        Assert.False(ProcStat.SaysInExec(line.AsSpan(0, line.Length / 2)));
        Assert.False(ProcStat.IsInExec(Environment.ProcessId));
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task TryRead_OfThisProcess_IsItself()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");
        Assert.True(ProcStat.TryRead(Environment.ProcessId, out ProcStat self));
        Assert.Equal(Environment.ProcessId, self.Pid);
        Assert.Equal(Interop.Libc.getppid(), self.ParentPid);
        Assert.False(self.IsDead);
        Assert.False(ProcStat.TryRead(int.MaxValue, out _));
        return Task.CompletedTask;
    }
}
