using System.Collections;

namespace Telar.Tests.Concurrent.Futures;

/// <summary>A lazy sequence that counts what is taken from it and whether it was let go, and may throw.</summary>
internal sealed class CountingSource(int length, int? throwsAt = null) : IEnumerable<int>, IAsyncEnumerable<int>
{
    private int _consumed;
    private int _disposals;

    /// <summary>How many items were taken; also the one whose taking threw.</summary>
    public int Consumed => Volatile.Read(ref _consumed);

    /// <summary>How many enumerators were disposed.</summary>
    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>The asynchronous form waits here before each item.</summary>
    public Func<int, CancellationToken, Task> BeforeItem { get; init; } = (_, _) => Task.CompletedTask;

    public IEnumerator<int> GetEnumerator()
    {
        try
        {
            for (int i = 0; i < length; i++)
            {
                Take(i);
                yield return i;
            }
        }
        finally
        {
            Interlocked.Increment(ref _disposals);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public async IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        try
        {
            for (int i = 0; i < length; i++)
            {
                await BeforeItem(i, cancellationToken);
                Take(i);
                yield return i;
            }
        }
        finally
        {
            Interlocked.Increment(ref _disposals);
        }
    }

    private void Take(int index)
    {
        Interlocked.Increment(ref _consumed);
        if (index == throwsAt)
        {
            throw new FormatException($"source {index}");
        }
    }
}
