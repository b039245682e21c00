using Telar.Specs.Support;
using Telar.Subprocesses;

namespace Telar.Specs.Guarantees;

/// <summary>G14: a grandchild that holds the pipe of a child that has ended does not hold the caller.</summary>
public sealed class G14HeldPipe : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_get_the_output_of_a_child_although_a_grandchild_holds_its_pipe()
    {
        CommandLine command = ["sh", "-c", "sleep 1000 & echo $!"];

        CompletedProcess run = Subprocess.Run(command, captureOutput: true, cancellationToken: Token);
        CompletedProcess same = await Subprocess.RunAsync(command, captureOutput: true, cancellationToken: Token);

        foreach (CompletedProcess each in new[] { run, same })
        {
            Assert.Equal(0, each.ReturnCode);
            Assert.True(each.Stdout.IsHeld);
            Assert.Equal(0, Subprocess.Call(["kill", each.Stdout.Text.Trim()], cancellationToken: Token));
        }
    }
}
