namespace Guarantees;

using System.Diagnostics;
using Telar.Subprocesses;

/// <summary>The handle of a running child is disposed.</summary>
internal static class G15
{
    public static Task<Finding> TelarAsync()
    {
        Popen child = new(["sleep", "30"]);
        child.Dispose();
        return Task.FromResult(new Finding(
            child.ReturnCode is not null,
            child.ReturnCode is null ? "the child was still alive" : $"the child was gone when Dispose returned, by {child.Signal}"));
    }

    public static async Task<Finding> DotNetAsync()
    {
        var child = Process.Start("sleep", "30");
        int id = child.Id;
        child.Dispose();
        bool stays = await Processes.WaitUntilGoneAsync([id], TimeSpan.FromSeconds(1)) is null;
        Processes.Kill([id]);
        return Finding.Seen(stays ? "the child was still alive 1 s after Process.Dispose" : "the child was gone after Process.Dispose");
    }
}
