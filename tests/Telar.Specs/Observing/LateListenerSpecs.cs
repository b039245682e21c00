using Telar.Specs.Support;

namespace Telar.Specs.Observing;

/// <summary>Traces and meters cost a program nothing until it listens, and are all there when it does.</summary>
/// <remarks>Seen red with: a first Submit that looks whether somebody listens; instruments that are made with the next call only.</remarks>
public sealed class LateListenerSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_pay_for_meters_when_I_listen_and_see_what_was_there_before()
    {
        await using HostProgram host = HostProgram.Start("watching");

        Assert.Equal("False", await host.ExpectAsync("loaded", Token));
        Assert.Equal("1", await host.ExpectAsync("telar.executor.worker.count", Token));
        Assert.Equal("1", await host.ExpectAsync("telar.executor.call.completed", Token));
        Assert.Equal(0, await host.WaitAsync(Token));
    }

    // Seen red: every Submit threw, as the instruments could not be made.
    [Fact(Timeout = 120_000)]
    public async Task I_submit_calls_while_a_listener_throws_at_the_sight_of_the_meters()
    {
        await using HostProgram host = HostProgram.Start("watching", "badly");

        Assert.Equal("42", await host.ExpectAsync("answer", Token));
        Assert.Equal(0, await host.WaitAsync(Token));
    }
}
