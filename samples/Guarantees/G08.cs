namespace Guarantees;

using Telar.Concurrent.Futures;

/// <summary>The initializer of a pool's workers always fails.</summary>
internal static class G08
{
    public static async Task<Finding> TelarAsync()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 2,
            Initializer = () => throw new FileNotFoundException("no model file"),
        });
        Exception? caught = await pool.Submit(() => 1).ExceptionAsync();
        int started = pool.Statistics.WorkersStarted;
        return new Finding(
            caught is BrokenProcessPoolException && started <= 5,
            $"{caught?.GetType().Name} because of {caught?.InnerException?.GetType().Name}: '{caught?.InnerException?.Message}'; processes started: {started}");
    }
}
