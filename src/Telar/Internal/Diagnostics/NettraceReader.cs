using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Telar.Internal.Diagnostics;

/// <summary>Reads the events of a trace in the nettrace format, version 4, as far as stacks and names of methods go.</summary>
/// <remarks>
/// <code>
/// file    "Nettrace", length 20, "!FastSerialization.1", objects, then tag 1
/// object  tags 5 5 1, version, least reader version, length and name of the type, tag 6, content, tag 6
///         "Trace": 48 bytes; all others: length, filling up to a multiple of 4, that many bytes
/// block   of events or of metadata: length of its header (2), flags (2; bit 0: short heads), the rest of the header, events
///         of stacks: first number, count, then for each its length in bytes and its addresses, innermost first
/// </code>
/// Little-endian; see "NetTraceFormat" in the documentation of .NET's diagnostics.
/// </remarks>
internal ref struct NettraceReader(ReadOnlySpan<byte> trace)
{
    private const byte NullTag = 1;
    private const byte EndTag = 6;
    private const int TraceSize = 48;

    private readonly ReadOnlySpan<byte> _trace = trace;
    private readonly Dictionary<int, (string Provider, int Event)> _metadata = [];
    private readonly Dictionary<int, long[]> _stacks = [];
    private int _position;

    /// <summary>Takes an event: its provider, its number in that, the thread, its stack of addresses, its content.</summary>
    public delegate void EventConsumer(string provider, int number, long thread, long[] stack, ReadOnlySpan<byte> content);

    /// <summary>Reads the whole trace.</summary>
    /// <exception cref="InvalidDataException">It is no such trace, or breaks off.</exception>
    public void Read(EventConsumer consumer)
    {
        try
        {
            ReadObjects(consumer);
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"The trace breaks off at byte {_position}.", exception);
        }
    }

    /// <summary>Reads a text of two bytes a character that ends with a zero.</summary>
    public static string Text(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<char> characters = MemoryMarshal.Cast<byte, char>(content);
        int length = characters.IndexOf('\0');
        rest = content[((length + 1) * sizeof(char))..];
        return length < 0 ? "" : new string(characters[..length]);
    }

    private void ReadObjects(EventConsumer consumer)
    {
        if (!Take(8).SequenceEqual("Nettrace"u8) || !Take(Int32()).SequenceEqual("!FastSerialization.1"u8))
        {
            throw new InvalidDataException("What the runtime sent is no trace in the nettrace format.");
        }

        while (Take(1)[0] != NullTag)
        {
            // The first tag of an object was read; then come the type's own beginning and nothing for its type, and two versions.
            _position += 2 + sizeof(int) + sizeof(int);
            string type = Encoding.ASCII.GetString(Take(Int32()));
            Expect(EndTag);
            if (type == "Trace")
            {
                _position += TraceSize;
            }
            else
            {
                ReadBlock(type, consumer);
            }

            Expect(EndTag);
        }
    }

    private void ReadBlock(string type, EventConsumer consumer)
    {
        int length = Int32();
        _position = (_position + 3) & ~3;
        ReadOnlySpan<byte> block = Take(length);
        switch (type)
        {
            case "StackBlock":
                ReadStacks(block);
                break;
            case "EventBlock":
                ReadEvents(block, consumer);
                break;
            case "MetadataBlock":
                ReadEvents(block, null);
                break;
        }
    }

    private readonly void ReadStacks(ReadOnlySpan<byte> block)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(block);
        int count = BinaryPrimitives.ReadInt32LittleEndian(block[4..]);
        block = block[8..];
        for (int i = 0; i < count; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(block);
            _stacks[number + i] = MemoryMarshal.Cast<byte, long>(block.Slice(4, length)).ToArray();
            block = block[(4 + length)..];
        }
    }

    // Without a consumer the events are descriptions of other events.
    private readonly void ReadEvents(ReadOnlySpan<byte> block, EventConsumer? consumer)
    {
        const int ShortHeads = 1;
        if ((BinaryPrimitives.ReadInt16LittleEndian(block[2..]) & ShortHeads) == 0)
        {
            throw new InvalidDataException("The trace has events with long heads, which no runtime since .NET 5 writes.");
        }

        NettraceEvents events = new(block[BinaryPrimitives.ReadInt16LittleEndian(block)..]);
        while (events.MoveNext())
        {
            if (consumer is null)
            {
                Describe(events.Content);
            }
            else if (_metadata.TryGetValue(events.Metadata, out (string Provider, int Event) kind))
            {
                consumer(kind.Provider, kind.Event, events.Thread, _stacks.GetValueOrDefault(events.Stack, []), events.Content);
            }
        }
    }

    private readonly void Describe(ReadOnlySpan<byte> content)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(content);
        string provider = Text(content[4..], out ReadOnlySpan<byte> rest);
        _metadata[number] = (provider, BinaryPrimitives.ReadInt32LittleEndian(rest));
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _trace.Slice(_position, count);
        _position += count;
        return taken;
    }

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    private void Expect(byte tag)
    {
        byte found = Take(1)[0];
        if (found != tag)
        {
            throw new InvalidDataException($"The trace has tag {found} instead of {tag} at byte {_position - 1}.");
        }
    }
}
