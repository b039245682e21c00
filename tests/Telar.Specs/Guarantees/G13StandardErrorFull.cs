using Telar.Specs.Support;
using Telar.Subprocesses;

namespace Telar.Specs.Guarantees;

/// <summary>G13: a child that fills its standard error does not block whoever reads its standard output.</summary>
public sealed class G13StandardErrorFull : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_read_both_outputs_however_much_is_in_either()
    {
        CommandLine command = ["sh", "-c", "head -c 4000000 /dev/zero >&2; head -c 3000000 /dev/zero; echo end"];

        CompletedProcess run = Subprocess.Run(command, captureOutput: true, check: true, cancellationToken: Token);
        CompletedProcess same = await Subprocess.RunAsync(command, captureOutput: true, check: true, cancellationToken: Token);

        Assert.Equal((3_000_004, 4_000_000), (run.Stdout.Bytes.Length, run.Stderr.Bytes.Length));
        Assert.Equal((3_000_004, 4_000_000), (same.Stdout.Bytes.Length, same.Stderr.Bytes.Length));
    }
}
