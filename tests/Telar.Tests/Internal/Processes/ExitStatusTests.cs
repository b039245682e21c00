using Telar.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Processes;

public sealed class ExitStatusTests
{
    [Fact(Timeout = 120_000)]
    public Task Lost_IsNeitherSuccessNorASignal()
    {
        ExitStatus lost = ExitStatus.Lost();

        Assert.True(lost.IsLost);
        Assert.False(lost.IsSuccess);
        Assert.False(lost.IsSignal);
        Assert.Null(lost.SignalName);
        Assert.NotEqual(0, lost.Code);
        Assert.Contains("lost", lost.ToString(), StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task KilledBy_WithACore_SaysSo()
    {
        Assert.Equal("killed by SIGSEGV (core dumped)", ExitStatus.KilledBy(11, dumpedCore: true).ToString());
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task Exited_WithANegativeCodeOfWindows_IsNoSignal()
    {
        ExitStatus status = ExitStatus.Exited(unchecked((int)0xC0000005));

        Assert.False(status.IsSignal);
        Assert.Equal("exit code -1073741819", status.ToString());
        return Task.CompletedTask;
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1, "SIGHUP")]
    [InlineData(31, "SIGSYS")]
    [InlineData(32, "signal 32")]
    [InlineData(34, "SIGRTMIN")]
    [InlineData(64, "SIGRTMIN+30")]
    [InlineData(99, "signal 99")]
    public Task SignalName_Of_NamesEach(int signal, string name)
    {
        Assert.Equal(name, SignalName.Of(signal));
        return Task.CompletedTask;
    }
}
