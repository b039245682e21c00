namespace Guarantees;

using System.Diagnostics;

/// <summary>Ctrl-C while calls run that never look at their token.</summary>
internal static class G18
{
    public static async Task<Finding> TelarAsync()
    {
        (int once, TimeSpan onceTime, int onceLeft) = await InterruptAsync(1);
        (int twice, TimeSpan twiceTime, int twiceLeft) = await InterruptAsync(2);
        return new Finding(
            once == 130 && onceLeft + twiceLeft == 0 && onceTime < TimeSpan.FromSeconds(3),
            $"once: calls cancelled, program ended itself ({once}) after {onceTime.TotalSeconds:0.0} s, {onceLeft} workers left; "
            + $"twice: {twiceTime.TotalSeconds:0.0} s, exit code {twice}, {twiceLeft} workers left");
    }

    private static async Task<(int ExitCode, TimeSpan Time, int Left)> InterruptAsync(int times)
    {
        (Process program, int[] workers) = await Children.StartAndReadAsync("pool");
        using (program)
        {
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < times; i++)
            {
                Processes.Signal(program.Id, "INT");
                await Task.Delay(100);
            }

            await program.WaitForExitAsync();
            TimeSpan time = watch.Elapsed;
            await Processes.WaitUntilGoneAsync(workers, TimeSpan.FromSeconds(1));
            int left = workers.Count(Processes.IsAlive);
            Processes.Kill(workers);
            return (program.ExitCode, time, left);
        }
    }
}
