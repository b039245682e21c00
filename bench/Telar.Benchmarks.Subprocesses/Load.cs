namespace Telar.Benchmarks;

/// <summary>What makes a process dear to copy: memory in use, and threads.</summary>
internal sealed class Load : IDisposable
{
    private const int Gibibyte = 1 << 30;

    private readonly List<byte[]> _heap = [];
    private readonly ManualResetEventSlim _end = new();
    private readonly List<Thread> _threads = [];

    public Load(int gibibytes, int threads)
    {
        for (int i = 0; i < gibibytes; i++)
        {
            byte[] block = GC.AllocateUninitializedArray<byte>(Gibibyte);
            block.AsSpan().Fill(1); // Memory that was never written to costs nothing.
            _heap.Add(block);
        }

        for (int i = 0; i < threads; i++)
        {
            Thread thread = new(_end.Wait) { IsBackground = true };
            thread.Start();
            _threads.Add(thread);
        }
    }

    public void Dispose()
    {
        _end.Set();
        _threads.ForEach(static thread => thread.Join());
        _end.Dispose();
        _heap.Clear();
    }
}
