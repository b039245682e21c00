using Telar.Concurrent.Futures;
using Telar.Multiprocessing;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G5: a process that opens shared memory and ends, or is killed, takes it from nobody; the last user's end frees it.</summary>
public sealed class G05SharedMemory : ProcessSpec
{
    private static SharedMemory? s_kept;

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I_keep_my_block_when_a_process_that_opened_it_ends(bool isKilled)
    {
        using SharedMemory memory = SharedMemory.Create(4096);
        await using (ProcessPoolExecutor pool = new(1))
        {
            await pool.Submit(() => memory.Span[0] = 42);
            if (isKilled)
            {
                _ = await Assert.ThrowsAsync<WorkerDiedException>(
                    () => pool.SubmitAsync(() => Environment.FailFast($"with {memory.Name} in use")));
            }
        }

        using SharedMemory again = SharedMemory.Open(memory.Name);
        Assert.Equal(42, again.Span[0]);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_leave_nothing_when_all_users_were_killed()
    {
        string name;
        await using (ProcessPoolExecutor pool = new(1))
        {
            Future<string> made = pool.Submit(static () => KeepForEver(SharedMemory.Create(4096)));
            name = await made;
            _ = SharedMemory.RemoveAbandoned();
            SharedMemory.Open(name).Dispose();
            pool.KillWorkers();
        }

        await Eventually.Holds(
            () =>
            {
                _ = SharedMemory.RemoveAbandoned();
                return !File.Exists($"/dev/shm/{name}");
            },
            () => $"'{name}' is still there.");
    }

    // What a static field holds is used until the process ends.
    private static string KeepForEver(SharedMemory memory)
    {
        s_kept = memory;
        return s_kept.Name;
    }
}
