namespace Guarantees;

using Telar.Concurrent.Futures;
using Mp = Telar.Multiprocessing;

/// <summary>A named semaphore and a named event, to be shared with another process.</summary>
internal static class G12
{
    public static async Task<Finding> TelarAsync()
    {
        using Mp.Semaphore units = Mp.Semaphore.OpenNamed("telar-guarantee-12 units", 0);
        using Mp.Event flag = Mp.Event.OpenNamed("telar-guarantee-12 flag");
        await using ProcessPoolExecutor pool = new(1);
        Future other = pool.Submit(() =>
        {
            using Mp.Semaphore theirUnits = Mp.Semaphore.OpenExisting("telar-guarantee-12 units");
            using Mp.Event theirFlag = Mp.Event.OpenExisting("telar-guarantee-12 flag");
            theirUnits.Release(3);
            theirFlag.Set();
        });

        bool isSet = await flag.WaitAsync(TimeSpan.FromSeconds(5));
        await other;
        return new Finding(isSet && units.Value == 3, $"named event: set by another process; named semaphore: {units.Value} units from there");
    }

    public static Task<Finding> DotNetAsync() => Task.FromResult(Finding.Seen(
        $"named Semaphore: {Try(() => new Semaphore(1, 1, "telar-guarantee-12"))}; "
        + $"named EventWaitHandle: {Try(() => new EventWaitHandle(false, EventResetMode.AutoReset, "telar-guarantee-12"))}; "
        + $"named shared memory: {Try(() => System.IO.MemoryMappedFiles.MemoryMappedFile.CreateNew("telar-guarantee-12", 4096))}"));

    private static string Try(Func<IDisposable> make)
    {
        try
        {
            using IDisposable made = make();
            return "works";
        }
        catch (Exception exception)
        {
            return exception.GetType().Name;
        }
    }
}
