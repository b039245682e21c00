using Telar.Specs.Support;

namespace Telar.Specs.Threading;

/// <summary>The end of a program that has a pool of threads which nobody disposed.</summary>
public sealed class ThreadPoolEndSpecs : ProcessSpec
{
    [Theory(Timeout = 120_000)]
    [InlineData("left")]
    [InlineData("shut-down")]
    public async Task I_can_return_from_main_and_the_calls_still_run(string how) =>
        Assert.Equal(["main returns", "call 1 after the end of main", "call 2"], await LinesAsync(how));

    [Fact(Timeout = 120_000)]
    public async Task I_can_cancel_what_is_pending_and_return_from_main() =>
        Assert.Equal(["main returns", "call 1 after the end of main"], await LinesAsync("cancelled"));

    private static async Task<string[]> LinesAsync(string how)
    {
        await using HostProgram program = HostProgram.Start("thread-pool", how);
        string[] lines = (await program.ReadToEndAsync(Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(7, await program.WaitAsync(Token));
        return [.. lines.Where(static line => !line.StartsWith("main ", StringComparison.Ordinal) || line == "main returns")];
    }
}
