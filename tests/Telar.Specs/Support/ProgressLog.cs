using System.Collections.Concurrent;
using Telar.Concurrent.Futures;

namespace Telar.Specs.Support;

/// <summary>Keeps the progress that a call reports, and counts what comes after its end.</summary>
internal sealed class ProgressLog : IProgress<TaskProgress>
{
    private int _tooLate;

    public ConcurrentQueue<TaskProgress> Heard { get; } = new();

    public Future? Future { get; set; }

    public int TooLate => _tooLate;

    public void Report(TaskProgress value)
    {
        Heard.Enqueue(value);
        if (Future is { IsDone: true })
        {
            Interlocked.Increment(ref _tooLate);
        }
    }
}
