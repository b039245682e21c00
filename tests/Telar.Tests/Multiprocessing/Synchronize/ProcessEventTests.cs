using Telar.Multiprocessing.Synchronize;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

using Telar.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public class ProcessEventTests
{
    public ProcessEventTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Events between processes need Linux.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Set_AndClear_ChangeTheFlag()
    {
        using Event flag = new();
        Assert.False(flag.IsSet);
        Assert.False(flag.Wait(TimeSpan.Zero, Token));
        Assert.False(flag.Wait(TimeSpan.FromMilliseconds(2), Token));
        Assert.False(await flag.WaitAsync(TimeSpan.FromMilliseconds(2), Token));
        Assert.Equal("Event (unset)", flag.ToString());

        flag.Set();
        flag.Set();
        Assert.True(flag.IsSet);
        Assert.True(flag.Wait(cancellationToken: Token));
        Assert.True(await flag.WaitAsync(cancellationToken: Token));

        flag.Clear();
        flag.Clear();
        Assert.False(flag.IsSet);
        Assert.Throws<ArgumentOutOfRangeException>(() => flag.Wait(TimeSpan.FromTicks(-1), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Set_WithClearAtOnce_LetsAllGo()
    {
        using Event flag = new();
        Task[] threads = Gate.OnThreads(3, _ => Assert.True(flag.Wait(cancellationToken: Token)));
        Task[] awaiting = [.. Enumerable.Range(0, 300).Select(_ => flag.WaitAsync(cancellationToken: Token).AsTask())];
        Gate.Until(() => Here.Word(flag, WordLayout.EventWaiters) == 303);

        flag.Set();
        flag.Clear();

        await Gate.AllAsync([.. threads, .. awaiting]);
        Assert.Equal(0, Here.Word(flag, WordLayout.EventWaiters));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenCancelled_Throws()
    {
        using Event flag = new();
        using CancellationTokenSource source = new();
        Task thread = Gate.OnThread(() => flag.Wait(cancellationToken: source.Token));
        Task<bool> awaiting = flag.WaitAsync(cancellationToken: source.Token).AsTask();
        Gate.Until(() => Here.Word(flag, WordLayout.EventWaiters) == 2);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.AllAsync(thread));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.EndAsync(awaiting));
    }

    [Fact(Timeout = 120_000)]
    public void OpenNamed_ByTwo_IsOneEvent()
    {
        string name = $"test {Guid.NewGuid():N}";
        using Event first = Event.OpenNamed(name);
        using Event second = Event.OpenExisting(name);
        first.Set();
        Assert.True(second.IsSet);
    }
}
