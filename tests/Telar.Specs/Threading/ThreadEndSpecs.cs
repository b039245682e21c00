using Telar.Specs.Support;

namespace Telar.Specs.Threading;

/// <summary>The end of a program that has threads, and Ctrl-C.</summary>
public sealed class ThreadEndSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_rely_on_the_order_in_which_a_program_ends()
    {
        await using HostProgram program = HostProgram.Start("threads", "return");
        string[] lines = await LinesAsync(program);

        Assert.Equal(7, await program.WaitAsync(Token));
        AssertInOrder(
            lines, "main returns", "callback 3", "callback 2", "child of a worker", "worker ends", "process exit, main alive False, listed True, late callback refused");
        Assert.Contains(lines, static line => line.Contains("FormatException: in a callback", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.StartsWith("never", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_end_the_program_at_once_from_a_thread_that_another_one_joins()
    {
        await using HostProgram program = HostProgram.Start("threads", "exit");
        string[] lines = await LinesAsync(program);

        Assert.Equal(5, await program.WaitAsync(Token));
        AssertInOrder(lines, "callback 3", "callback 2", "process exit, main alive False, listed True, late callback refused");
        Assert.DoesNotContain(lines, static line => line.StartsWith("never", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_survive_an_exception_that_a_thread_did_not_catch()
    {
        await using HostProgram program = HostProgram.Start("threads", "uncaught");
        string[] lines = await LinesAsync(program);

        Assert.Equal(0, await program.WaitAsync(Token));
        Assert.Contains("main lives", lines);
        Assert.Contains(lines, static line => line.StartsWith("Exception in Thread 'failing' started", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("FormatException: uncaught in a thread", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_ask_for_the_main_thread()
    {
        await using HostProgram program = HostProgram.Start("threads", "main");

        Assert.Contains("main True False False True", await LinesAsync(program));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_take_the_first_ctrl_c_as_a_token_and_the_second_ends_the_program()
    {
        await using HostProgram program = HostProgram.StartInteractive("threads", "interrupt");
        await program.ExpectAsync("ready", Token);

        program.Signal("INT");
        await program.ExpectAsync("interrupted", Token);
        program.Signal("INT");

        Assert.Equal(128 + 2, await program.WaitAsync(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_interrupt_the_main_thread_from_another()
    {
        await using HostProgram program = HostProgram.StartInteractive("threads", "interrupt-main");

        Assert.Contains("interrupted twice by itself", await LinesAsync(program));
        Assert.Equal(0, await program.WaitAsync(Token));
    }

    // Mutant: a Start that leaves the state at Starting when the system makes no thread can never be repeated: the program does not end.
    [Fact(Timeout = 120_000)]
    public async Task I_can_start_a_thread_again_that_the_system_refused()
    {
        await using HostProgram program = HostProgram.StartFile(
            "/bin/sh", "-c", $"DOTNET_GCHeapHardLimit=0x8000000; export DOTNET_GCHeapHardLimit; ulimit -v 12000000; exec '{HostProgram.Path}' threads limit");
        string[] lines = await LinesAsync(program);

        Assert.Contains(lines, static line => line.StartsWith("refused Thread 'big ", StringComparison.Ordinal) && line.Contains("1073741824 bytes", StringComparison.Ordinal));
        Assert.Contains("unregistered True count True", lines);
        Assert.Contains("started later True", lines);
        Assert.Equal(0, await program.WaitAsync(Token));
    }

    private static async Task<string[]> LinesAsync(HostProgram program) => (await program.ReadToEndAsync(Token)).Split('\n');

    private static void AssertInOrder(string[] lines, params string[] expected) =>
        Assert.Equal(expected, lines.Where(expected.Contains));
}
