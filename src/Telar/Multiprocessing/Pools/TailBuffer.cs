namespace Telar.Multiprocessing.Pools;

/// <summary>The last lines of a stream: enough to see why a process died, bounded whatever it writes.</summary>
internal sealed class TailBuffer
{
    public const int MaxLines = 20;
    public const int MaxCharacters = 4096;

    private readonly Queue<string> _lines = new();
    private int _characters;

    public void Add(string line)
    {
        if (line.Length > MaxCharacters)
        {
            line = line[..MaxCharacters];
        }

        _lines.Enqueue(line);
        _characters += line.Length;
        while (_lines.Count > MaxLines || _characters > MaxCharacters)
        {
            _characters -= _lines.Dequeue().Length;
        }
    }

    public IReadOnlyList<string> Snapshot() => [.. _lines];
}
