// Times and priorities: the example of Python's sched. It takes 10 seconds.
using Telar.Sched;

var scheduler = new Scheduler();
Console.WriteLine($"{scheduler.Now:HH:mm:ss.fff}");

scheduler.Enter(TimeSpan.FromSeconds(10), 1, () => PrintTime());
scheduler.Enter(TimeSpan.FromSeconds(5), 2, () => PrintTime("positional"));
// Priority 1, and yet after "positional": each Enter counts from its own moment, and this one is a little later.
scheduler.Enter(TimeSpan.FromSeconds(5), 1, () => PrintTime(a: "keyword"));

DateTimeOffset longAgo = DateTimeOffset.FromUnixTimeSeconds(1_650_000_000);
scheduler.EnterAbs(longAgo, 10, () => PrintTime("first EnterAbs"));
scheduler.EnterAbs(longAgo, 5, () => PrintTime("second EnterAbs"));

scheduler.Run();
Console.WriteLine($"{scheduler.Now:HH:mm:ss.fff}");

void PrintTime(string a = "default") => Console.WriteLine($"From PrintTime {scheduler.Now:HH:mm:ss.fff} {a}");
