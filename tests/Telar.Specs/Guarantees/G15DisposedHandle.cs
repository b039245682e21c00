using Telar.Specs.Support;
using Telar.Subprocesses;

namespace Telar.Specs.Guarantees;

/// <summary>G15: to dispose the handle of a running child ends the child and what it has started, unless it was detached.</summary>
public sealed class G15DisposedHandle : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public void I_leave_no_child_behind_when_I_dispose_its_handle()
    {
        Popen child = new(["sh", "-c", "setsid sleep 1000 & echo $!; wait"], new PopenOptions { Stdout = Stdio.Pipe });
        string grandchild = child.StdoutText!.ReadLine()!;

        child.Dispose();

        Assert.NotNull(child.ReturnCode);
        Assert.Contains(
            Subprocess.GetOutput($"cut -d ' ' -f 3 /proc/{grandchild}/stat 2>/dev/null || echo gone", cancellationToken: Token), (string[])["gone", "Z"]);
    }

    [Fact(Timeout = 120_000)]
    public void I_can_let_a_child_live_on_when_I_say_so()
    {
        Popen child = new(["sleep", "1000"]);

        child.Detach();
        child.Dispose();

        Assert.False(child.HasExited);
        Assert.Equal(0, Subprocess.Call(["kill", $"{child.Pid}"], cancellationToken: Token));
        Assert.Equal(-15, child.Wait(cancellationToken: Token));
    }
}
