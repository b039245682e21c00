using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>A struct that travels field by field: by reflection the first few times, by compiled code once it is in demand.</summary>
[StackTraceHidden]
internal sealed class StructSlot<T> : SlotOf<T>
{
    private readonly FieldWalk _walk = new(typeof(T));
    private int _writes;
    private int _reads;
    private StructWriter? _write;
    private StructReader? _read;

    internal delegate void StructWriter(Slot[] slots, GraphEncoder encoder, ref T value);

    internal delegate void StructReader(Slot[] slots, GraphDecoder decoder, ref T value);

    internal override void Write(GraphEncoder encoder, T value)
    {
        if (_walk.Fields.Length == 0)
        {
            encoder.Writer.WriteByte(0); // every item takes a byte at least: see PayloadReader.ReadCount
            return;
        }

        if (_write is { } write && !encoder.IsTracing)
        {
            write(_walk.Slots, encoder, ref value);
            return;
        }

        _walk.Write(encoder, value!, _walk.All); // not null: a struct
        if (_walk.IsHot(ref _writes))
        {
            _write = WalkCompiler.Compile<StructWriter>(_walk, typeof(T), typeof(GraphEncoder), masked: false, reading: false);
        }
    }

    internal override T Read(GraphDecoder decoder)
    {
        if (_walk.Fields.Length == 0)
        {
            _ = decoder.Reader.ReadByte();
            return default!; // a struct
        }

        T value = default!; // a struct
        if (_read is { } read)
        {
            read(_walk.Slots, decoder, ref value);
            return value;
        }

        object box = RuntimeHelpers.GetUninitializedObject(typeof(T));
        _walk.Read(decoder, box, _walk.All);
        if (_walk.IsHot(ref _reads))
        {
            _read = WalkCompiler.Compile<StructReader>(_walk, typeof(T), typeof(GraphDecoder), masked: false, reading: true);
        }

        return (T)box;
    }
}
