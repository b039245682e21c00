using System.Buffers.Binary;

namespace Telar.Internal.Diagnostics;

/// <summary>The names of compiled methods by the addresses of their code, from the events with which the runtime ends a trace.</summary>
internal sealed class MethodNames
{
    private readonly List<(long Start, long End, string Name)> _methods = [];
    private bool _isSorted;

    /// <summary>Takes the content of such an event: where a method's code is, how long it is, what it is called.</summary>
    public void Add(ReadOnlySpan<byte> content)
    {
        long start = BinaryPrimitives.ReadInt64LittleEndian(content[16..]);
        int size = BinaryPrimitives.ReadInt32LittleEndian(content[24..]);
        string type = NettraceReader.Text(content[36..], out ReadOnlySpan<byte> rest);
        string method = NettraceReader.Text(rest, out _);
        _methods.Add((start, start + size, type.Length == 0 ? method : $"{type}.{method}"));
        _isSorted = false;
    }

    /// <summary>The method whose code holds an address.</summary>
    /// <returns>Null for code that is no method's: the runtime's own.</returns>
    public string? Find(long address)
    {
        if (!_isSorted)
        {
            _methods.Sort(static (one, other) => one.Start.CompareTo(other.Start));
            _isSorted = true;
        }

        int from = 0;
        int to = _methods.Count - 1;
        while (from <= to)
        {
            int middle = (from + to) / 2;
            (long start, long end, string name) = _methods[middle];
            if (address < start)
            {
                to = middle - 1;
            }
            else if (address >= end)
            {
                from = middle + 1;
            }
            else
            {
                return name;
            }
        }

        return null;
    }
}
