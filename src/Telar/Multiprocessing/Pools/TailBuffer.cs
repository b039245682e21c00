namespace Telar.Multiprocessing.Pools;

/// <summary>The last lines of a stream, and the first ones of a crash: enough to see why a process died, bounded whatever it writes.</summary>
/// <remarks>The runtime says what happened in the first line of its report, and a deep stack would push that line out.</remarks>
internal sealed class TailBuffer
{
    public const int MaxLines = 20;
    public const int MaxCharacters = 4096;

    private const int MaxHeadLines = 4;
    private const int MaxHeadCharacters = 1024;
    private const string Gap = "...";

    private static readonly string[] s_reports = ["Unhandled exception.", "Process terminated.", "Fatal error.", "Stack overflow.", "Out of memory."];

    private readonly Queue<string> _lines = new();
    private readonly List<string> _head = [];
    private long _added;
    private long _headAt;
    private int _characters;

    public void Add(string line)
    {
        if (line.Length > MaxCharacters)
        {
            line = line[..MaxCharacters];
        }

        if (Array.Exists(s_reports, report => line.StartsWith(report, StringComparison.Ordinal)))
        {
            _head.Clear();
            _headAt = _added;
        }

        if (_added == _headAt + _head.Count && _head.Count < MaxHeadLines)
        {
            _head.Add(line.Length > MaxHeadCharacters ? line[..MaxHeadCharacters] : line);
        }

        _added++;
        _lines.Enqueue(line);
        _characters += line.Length;
        while (_lines.Count > MaxLines || _characters > MaxCharacters)
        {
            _characters -= _lines.Dequeue().Length;
        }
    }

    public IReadOnlyList<string> Snapshot()
    {
        long first = _added - _lines.Count;
        int lost = (int)Math.Clamp(first - _headAt, 0, _head.Count);
        if (lost == 0 || !Array.Exists(s_reports, report => _head[0].StartsWith(report, StringComparison.Ordinal)))
        {
            return [.. _lines];
        }

        return first > _headAt + lost ? [.. _head[..lost], Gap, .. _lines] : [.. _head[..lost], .. _lines];
    }
}
