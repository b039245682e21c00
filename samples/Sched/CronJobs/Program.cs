// Jobs at intervals and by cron, until Enter. An argument that is a cron expression shows when it would run.
using Telar.Sched;

TimeZoneInfo zone = TimeZoneInfo.Local;
if (args.Length > 0)
{
    try
    {
        Trigger trigger = Trigger.Cron(string.Join(' ', args), zone);
        foreach (DateTimeOffset time in trigger.NextRuns(10, TimeProvider.System.GetUtcNow()))
        {
            Console.WriteLine($"{time:yyyy-MM-dd HH:mm:ss zzz}");
        }

        return 0;
    }
    catch (CronFormatException mistake)
    {
        Console.Error.WriteLine(mistake.Message);
        return 2;
    }
}

await using var jobs = new JobScheduler();
jobs.RunEnded += (_, e) => Console.WriteLine(
    $"{e.Run.Ended.ToLocalTime():HH:mm:ss.f} {e.Job.Name}: {e.Run.Outcome} {e.Run.Exception?.Message}, next {e.Job.NextRun?.ToLocalTime():HH:mm:ss.f}");

// Takes longer than its interval: by default the run that comes meanwhile is left out.
jobs.Add(
    Trigger.Every(TimeSpan.FromSeconds(2)),
    async token => await Task.Delay(TimeSpan.FromSeconds(3), token),
    new JobOptions { Name = "slow" });

// Fails every time, and goes on.
jobs.Add(
    Trigger.Cron("*/5 * * * * *", zone),
    () => throw new IOException("the disk is full"),
    new JobOptions { Name = "failing" });

jobs.Add(Trigger.At(TimeProvider.System.GetUtcNow().AddSeconds(3)), () => { }, new JobOptions { Name = "once" });

Console.WriteLine("Enter ends it.");
_ = await Console.In.ReadLineAsync();
return 0;
