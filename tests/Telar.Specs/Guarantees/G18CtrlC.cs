using System.Diagnostics;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G18: the first Ctrl-C cancels, the second kills; nothing is left within 2 seconds.</summary>
public sealed class G18CtrlC : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_press_Ctrl_C_once_and_the_program_ends_in_order()
    {
        await using HostProgram host = HostProgram.StartInteractive("interrupt");
        int[] workers = await host.ExpectNumbersAsync("workers", Token);
        long start = Stopwatch.GetTimestamp();

        host.Signal("INT");

        Assert.Equal("2", await host.ExpectAsync("cancelled", Token));
        Assert.Equal(130, await host.WaitAsync(Token));
        AssertGone(workers, start);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_press_Ctrl_C_once_although_the_calls_do_not_listen()
    {
        await using HostProgram host = HostProgram.StartInteractive("stubborn");
        int[] workers = await host.ExpectNumbersAsync("workers", Token);
        long start = Stopwatch.GetTimestamp();

        host.Signal("INT");

        Assert.Equal("2", await host.ExpectAsync("cancelled", Token));
        Assert.Equal(130, await host.WaitAsync(Token));
        AssertGone(workers, start);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_press_Ctrl_C_twice_and_it_is_over_at_once()
    {
        await using HostProgram host = HostProgram.StartInteractive("hold", "2");
        int[] workers = await host.ExpectNumbersAsync("workers", Token);
        long start = Stopwatch.GetTimestamp();

        host.Signal("INT");
        await Task.Delay(100, Token);
        host.Signal("INT");

        Assert.NotEqual(0, await host.WaitAsync(Token));
        await Eventually.Holds(() => !workers.Any(Processes.IsAlive), () => "Workers are left.", Eventually.Soon);
        AssertGone(workers, start);
    }

    private static void AssertGone(int[] workers, long start)
    {
        Assert.All(workers, static worker => Assert.False(Processes.IsAlive(worker), Processes.Describe(worker)));
        Assert.True(Stopwatch.GetElapsedTime(start) < Eventually.Soon, $"It took {Stopwatch.GetElapsedTime(start)}.");
    }
}
