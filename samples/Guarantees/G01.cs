namespace Guarantees;

using System.Diagnostics;
using Telar.Concurrent.Futures;

/// <summary>A worker of a pool is killed by SIGKILL.</summary>
internal static class G01
{
    public static async Task<Finding> TelarAsync()
    {
        await using ProcessPoolExecutor pool = new(2);
        Future<int>[] before = [.. Enumerable.Range(0, 10).Select(n => pool.Submit(() => n))];
        Future doomed = pool.Submit(() => Process.GetCurrentProcess().Kill());
        Future<int>[] after = [.. Enumerable.Range(10, 10).Select(n => pool.Submit(() => n))];

        Exception? cause = await doomed.ExceptionAsync();
        int finished = (await Task.WhenAll<int>([.. before, .. after])).Length;
        string then = await pool.Submit(() => "goes on");
        return new Finding(
            cause is WorkerDiedException { Signal: "SIGKILL" },
            $"its call: {cause?.GetType().Name} {(cause as WorkerDiedException)?.Signal}; the other {finished} finished; the pool {then}");
    }

    /// <summary>The nearest that .NET has is a task, and a crash in it is the program's.</summary>
    public static async Task<Finding> DotNetAsync()
    {
        using Process program = Children.Start("overflow");
        _ = program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        return Finding.Seen($"no process pool; a stack overflow in Task.Run ends the whole program, exit code {program.ExitCode}");
    }
}
