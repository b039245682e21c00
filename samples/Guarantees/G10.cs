namespace Guarantees;

using System.Diagnostics;

/// <summary>A process is killed while it holds a lock.</summary>
internal static class G10
{
    public static string MutexName => "telar-guarantee-10";

    public static async Task<Finding> DotNetAsync()
    {
        (Process program, _) = await Children.StartAndReadAsync("mutex");
        using (program)
        {
            using Mutex mutex = new(initiallyOwned: false, MutexName, new NamedWaitHandleOptions());
            program.Kill();
            await program.WaitForExitAsync();
            return Finding.Seen(Take(mutex));
        }
    }

    private static string Take(Mutex mutex)
    {
        try
        {
            if (!mutex.WaitOne(TimeSpan.FromSeconds(5)))
            {
                return "a named Mutex was not given to the next waiter within 5 s";
            }

            mutex.ReleaseMutex();
            return "a named Mutex was given to the next waiter, who was not told";
        }
        catch (AbandonedMutexException)
        {
            mutex.ReleaseMutex();
            return "a named Mutex was given to the next waiter with AbandonedMutexException";
        }
    }
}
