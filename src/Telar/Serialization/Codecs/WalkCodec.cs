using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Objects that travel field by field: closures, records, anonymous types, and classes whose authors consented.</summary>
[StackTraceHidden]
internal sealed class WalkCodec : ObjectCodec
{
    private const int MaskBits = 64;

    private readonly FieldWalk _walk;
    private readonly FieldInfo[] _links;
    private readonly bool _isStateMachine;
    private int _writes;
    private int _reads;
    private ObjectWriter? _write;
    private ObjectReader? _read;

    internal WalkCodec(Type type)
        : base(type)
    {
        IsClosure = CompilerMade.IsClosure(type);
        _isStateMachine = CompilerMade.IsStateMachine(type);
        _walk = IsClosure ? new FieldWalk(type, static field => !CompilerMade.IsDelegateCache(field)) : new FieldWalk(type);
        _links = IsClosure ? Array.FindAll(_walk.Fields, CompilerMade.IsClosureLink) : [];
    }

    private delegate void ObjectWriter(Slot[] slots, GraphEncoder encoder, object value, ulong mask);

    private delegate void ObjectReader(Slot[] slots, GraphDecoder decoder, object value, ulong mask);

    /// <summary>Whether this is the object of one scope's captured locals, of which each delegate needs only a part.</summary>
    internal bool IsClosure { get; }

    internal int FieldCount => _walk.Fields.Length;

    internal override bool HasShell => true;

    /// <summary>The fields of this closure that a delegate can reach.</summary>
    internal FieldMask MaskFor(ClosureScan? scan) => scan is null ? _walk.All : scan.MaskFor(RuntimeType, _walk.Fields);

    /// <summary>The closures of enclosing scopes that this one leads to by the fields of <paramref name="mask"/>.</summary>
    internal IEnumerable<object> LinkedClosures(object value, FieldMask mask)
    {
        foreach (FieldInfo link in _links)
        {
            if (mask.Contains(Array.IndexOf(_walk.Fields, link)) && link.GetValue(value) is { } closure)
            {
                yield return closure;
            }
        }
    }

    internal override object CreateShell(GraphDecoder decoder, int id)
    {
        if (IsClosure)
        {
            decoder.MaskOf(id) = FieldMask.Read(decoder.Reader, FieldCount);
        }

        return RuntimeHelpers.GetUninitializedObject(RuntimeType);
    }

    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        if (!_isStateMachine && !IsClosure)
        {
            WriteFields(encoder, value, _walk.All);
            return;
        }

        // Closures of other scopes are reached through fields of their own type, by the same code as this object.
        ClosureScan? outer = encoder.Scan;
        encoder.Scan = IsClosure ? encoder.ScanOf(id) : ClosureScan.Of(RuntimeType);
        WriteFields(encoder, value, IsClosure ? encoder.MaskOf(id) : _walk.All);
        encoder.Scan = outer;
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        ReadFields(decoder, shell!, IsClosure ? decoder.MaskOf(id)! : _walk.All); // not null: HasShell, and CreateShell read the mask
        return shell!; // not null: HasShell
    }

    internal void WriteFields(GraphEncoder encoder, object value, FieldMask mask)
    {
        if (_write is { } write && !encoder.IsTracing)
        {
            write(_walk.Slots, encoder, value, mask.Low);
            return;
        }

        _walk.Write(encoder, value, mask);
        if (FieldCount is > 0 and <= MaskBits && _walk.IsHot(ref _writes))
        {
            _write = WalkCompiler.Compile<ObjectWriter>(_walk, RuntimeType, typeof(GraphEncoder), masked: true, reading: false);
        }
    }

    internal void ReadFields(GraphDecoder decoder, object value, FieldMask mask)
    {
        if (_read is { } read)
        {
            read(_walk.Slots, decoder, value, mask.Low);
            return;
        }

        _walk.Read(decoder, value, mask);
        if (FieldCount is > 0 and <= MaskBits && _walk.IsHot(ref _reads))
        {
            _read = WalkCompiler.Compile<ObjectReader>(_walk, RuntimeType, typeof(GraphDecoder), masked: true, reading: true);
        }
    }
}
