namespace Guarantees;

using System.Diagnostics;

/// <summary>The program is killed by SIGKILL while its workers are busy.</summary>
internal static class G07
{
    public static Task<Finding> TelarAsync() => KillParentOfAsync("pool", "busy workers");

    public static Task<Finding> DotNetAsync() => KillParentOfAsync("sleepers", "children started by Process.Start");

    private static async Task<Finding> KillParentOfAsync(string child, string what)
    {
        (Process program, int[] started) = await Children.StartAndReadAsync(child);
        using (program)
        {
            program.Kill();
            TimeSpan? time = await Processes.WaitUntilGoneAsync(started, TimeSpan.FromSeconds(2));
            int left = started.Count(Processes.IsAlive);
            Processes.Kill(started);
            return new Finding(
                child != "pool" || time is not null,
                time is null
                    ? $"{left} of {started.Length} {what} still alive after 2 s"
                    : $"{started.Length} {what} gone after {time.Value.TotalMilliseconds:0} ms");
        }
    }
}
