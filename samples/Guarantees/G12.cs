namespace Guarantees;

/// <summary>A named semaphore and a named event, to be shared with another process.</summary>
internal static class G12
{
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
