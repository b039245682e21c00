using Telar.Specs.Support;

namespace Telar.Specs.Interpreters;

/// <summary>Interpreters in programs of their own, however they were started.</summary>
public sealed class InterpreterProgramSpecs : ProcessSpec
{
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I_can_run_a_program_with_interpreters(bool byDotnet)
    {
        await using HostProgram host = byDotnet
            ? HostProgram.StartFile("dotnet", HostProgram.Path + ".dll", "interpreters")
            : HostProgram.Start("interpreters");

        Assert.Equal("42 0 41,42,43,44 from inside", await host.ExpectAsync("answer", Token));
        Assert.Equal("True", await host.ExpectAsync("unloaded", Token));
        Assert.Equal(0, await host.WaitAsync(Token));
    }

    /// <summary>Seen red, ended by SIGSEGV or SIGABRT: without the hold of the finalizer thread while stacks are taken.</summary>
    [Fact(Timeout = 300_000)]
    public async Task I_can_have_the_state_of_a_program_whose_interpreters_come_and_go()
    {
        await using HostProgram host = HostProgram.Start("stacks", "60");

        Assert.Equal("60", await host.ExpectAsync("taken", Token));
        Assert.Equal(0, await host.WaitAsync(Token));
    }
}
