namespace Guarantees;

using Telar.Concurrent.Futures;
using Telar.Multiprocessing;

/// <summary>A process that opened a block of shared memory is killed.</summary>
internal static class G05
{
    public static async Task<Finding> TelarAsync()
    {
        using SharedMemory memory = SharedMemory.Create(4096);
        await using (ProcessPoolExecutor pool = new(1))
        {
            await pool.Submit(() => memory.Span[0] = 42);
            pool.KillWorkers();
        }

        using SharedMemory again = SharedMemory.Open(memory.Name);
        return new Finding(again.Span[0] == 42, $"the block is still there, and has {again.Span[0]} in it");
    }
}
