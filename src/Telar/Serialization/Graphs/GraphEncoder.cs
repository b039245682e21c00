using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Writes one value with everything that it refers to. Not thread-safe; one is kept for each thread.</summary>
[StackTraceHidden]
internal sealed partial class GraphEncoder
{
    /// <summary>Objects deeper than this are put off, if their kind allows it.</summary>
    internal const int DeferDepth = 48;

    /// <summary>No object is ever deeper than this. Sized for the smallest stack that threads have here (1.5 MB), with a lot to spare.</summary>
    internal const int MaxDepth = 400;

    // Parts share nothing with each other: each level can multiply what is written.
    private const int MaxSectionDepth = 4;

    [ThreadStatic]
    private static GraphEncoder? t_idle;

    private readonly ReferenceStates _states = new();
    private readonly IdentityIndex _index;
    private readonly SymbolIndex _symbols = new();
    private readonly List<DeferredWrite> _deferred = [];
    private readonly GraphEncoder? _outer;
    private readonly int _sectionDepth;
    private int _depth;
    private int _keyDepth;

    internal GraphEncoder() => _index = new IdentityIndex(_states);

    /// <summary>An encoder for a part that the reader must be able to skip: it shares no objects and no names with the rest.</summary>
    internal GraphEncoder(GraphEncoder outer)
        : this()
    {
        _outer = outer;
        _depth = outer._depth;
        _sectionDepth = outer._sectionDepth + 1;
        Writer = outer.Writer;
        Context = outer.Context;
    }

    internal PayloadWriter Writer { get; private set; } = null!; // set by Attempt

    internal EncodeContext? Context { get; private set; }

    /// <summary>Where the encoder is; <see langword="null"/> unless a refusal is being traced.</summary>
    internal PathTrace? Trace { get; private set; }

    internal bool IsTracing => Trace is not null;

    /// <summary>What the delegate being written can reach of its closures.</summary>
    internal ClosureScan? Scan { get; set; }

    /// <summary>Writes a value. A failure leaves part of it in the writer.</summary>
    internal static void Attempt<T>(PayloadWriter writer, T value, EncodeContext? context, PathTrace? trace)
    {
        // Taken, not borrowed: a blob sink that encodes something itself must not meet this one.
        GraphEncoder encoder = t_idle ?? new GraphEncoder();
        t_idle = null;
        encoder.Writer = writer;
        encoder.Context = context;
        encoder.Trace = trace;
        Slots.Of<T>().Write(encoder, value);
        encoder.WriteTrailer();
        encoder.Clear(); // not after a failure: then it is in an unknown state and is dropped
        t_idle = encoder;
    }

    /// <summary>Writes a reference to an object: where it was written before, or the object itself.</summary>
    internal void WriteReference(object value, ObjectCodec codec, Type declared)
    {
        if (WriteHead(value, codec, declared, asTarget: false, out int id))
        {
            WriteBody(value, codec, id);
        }
    }

    /// <summary>Writes a reference up to the point from which the other side has an object to refer to, if its kind allows that.</summary>
    /// <returns>Whether the body must follow now.</returns>
    internal bool WriteHead(object value, ObjectCodec codec, Type declared, bool asTarget, out int id)
    {
        id = -1;
        if (Context?.Shared is { } shared && shared.Accepts(codec.RuntimeType))
        {
            Writer.WriteByte((byte)ReferenceMarker.Shared);
            WriteShared(shared, value);
            return false;
        }

        bool exact = codec.WireType == declared;
        ClosureScan? scan = exact || asTarget ? Scan : null; // reached in another way, a closure is sent whole
        if (codec.IsTracked)
        {
            int known = _index.Find(value);
            if (known >= 0)
            {
                WriteBackReference(known, codec, scan);
                return false;
            }

            id = _states.Add(value, codec);
        }

        bool defer = codec.HasShell && _keyDepth == 0 && (_depth >= (Context?.DeferDepth ?? DeferDepth) || (_depth & 7) == 7 && !RuntimeHelpers.TryEnsureSufficientExecutionStack());
        ReferenceMarker here = exact ? ReferenceMarker.Exact : ReferenceMarker.Typed;
        ReferenceMarker behind = exact ? ReferenceMarker.ExactDeferred : ReferenceMarker.TypedDeferred;
        Writer.WriteByte((byte)(defer ? behind : here));
        if (!exact)
        {
            WriteSymbol(codec.Symbol.Name, codec.Symbol);
        }

        if (!codec.HasShell)
        {
            return true;
        }

        if (codec is WalkCodec { IsClosure: true } closure)
        {
            WriteClosureHead(value, closure, scan, id);
        }
        else
        {
            codec.WriteHead(this, value);
        }

        _states[id].Available = true;
        if (defer)
        {
            _states.SetPending(id);
            _deferred.Add(new DeferredWrite(id, value, codec, null, Scan, Trace?.Path));
        }

        return !defer;
    }

    internal void WriteBody(object value, ObjectCodec codec, int id)
    {
        if (_depth >= MaxDepth || (_depth & 7) == 7 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new SerializationException(
                $"{Place()} is nested too deep: {_depth} objects one inside the other, of kinds that cannot be put off (the limit is {MaxDepth}, or the "
                + "stack of the sending thread). Flatten it, for instance into a list.", Trace?.Path ?? "", codec.RuntimeType);
        }

        _depth++;
        int outer = _states.BeginWindow();
        codec.WriteBody(this, value, id);
        _depth--;
        if (id >= 0)
        {
            _states[id].Available = true;
            _states.Close(id, outer);
        }
        else
        {
            _ = _states.EndWindow(outer);
        }
    }

    /// <summary>Says that the object has become available, before its body has ended.</summary>
    internal void SetAvailable(int id) => _states[id].Available = true;

    internal FieldMask MaskOf(int id) => _states[id].Mask!; // not null: only closures ask, and their head set it

    /// <summary>Writes a key of a collection that the other side can only build by looking at the key.</summary>
    internal void WriteKey<T>(SlotOf<T> slot, T key, bool lateAllowed)
    {
        _keyDepth++;
        int outer = _states.BeginWindow();
        slot.Write(this, key);
        _keyDepth--;
        if (!_states.EndWindow(outer) && !lateAllowed)
        {
            throw new SerializationException(
                $"{Place()} cannot be sent: it refers back to an object that holds the collection, and a collection of this kind cannot be completed "
                + "late. Use Dictionary, HashSet or another mutable collection there.", Trace?.Path ?? "", typeof(T));
        }
    }

    /// <summary>Writes the name of a type or method, or the number of the earlier place where it stands.</summary>
    internal void WriteSymbol(byte[] name, object symbol)
    {
        int known = _symbols.FindOrAdd(symbol);
        Writer.WriteVar((uint)(known + 1));
        if (known < 0)
        {
            Writer.WriteCount(name.Length);
            Writer.WriteBytes(name);
        }
    }

    /// <summary>Writes the place of an object that passes as itself.</summary>
    internal void WriteShared(SharedObjects shared, object value) => Writer.WriteVar((uint)shared.Add(value));

    internal void WriteToken(CancellationToken token)
    {
        if (!token.CanBeCanceled)
        {
            Writer.WriteByte((byte)TokenKind.None);
        }
        else if (Context is { CarriesTokens: true } context)
        {
            int index = context.Tokens.IndexOf(token);
            if (index < 0)
            {
                index = context.Tokens.Count;
                context.Tokens.Add(token);
            }

            Writer.WriteByte((byte)(token.IsCancellationRequested ? TokenKind.BridgedCancelled : TokenKind.Bridged));
            Writer.WriteVar((uint)index);
        }
        else if (token.IsCancellationRequested)
        {
            Writer.WriteByte((byte)TokenKind.Cancelled);
        }
        else
        {
            throw Refuse(new Refusal(typeof(CancellationToken), "nothing carries a cancellation over on this way",
                "Pass the token to the call itself, or leave it out."));
        }
    }

    /// <summary>Writes a part that the reader can skip, or nothing if it cannot be sent.</summary>
    /// <returns><see langword="null"/>, or why it cannot.</returns>
    internal string? TryWriteSection(Slot slot, object? value)
    {
        int start = Writer.Length;
        (int, int) mark = Context?.Mark ?? default;
        try
        {
            if (_sectionDepth == MaxSectionDepth)
            {
                return $"exceptions hold each other more than {MaxSectionDepth} levels deep";
            }

            int section = Writer.BeginSection();
            var inner = new GraphEncoder(this);
            slot.WriteBoxed(inner, value);
            inner.WriteTrailer();
            Writer.EndSection(section);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            EncodeRun.TakeBack(Writer, start, Context, mark);
            return e is SerializationException ? e.Message : $"{e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>Whether an object is being written in an encoder that this one is a part of: written here as well, it would never end.</summary>
    internal bool IsOpenOutside(object value)
    {
        for (GraphEncoder? level = _outer; level is not null; level = level._outer)
        {
            int id = level._index.Find(value);
            if (id >= 0 && !level._states[id].Closed)
            {
                return true;
            }
        }

        return false;
    }

    internal SerializationException Refuse(Refusal refusal)
    {
        string path = Trace?.Path ?? "";
        return refusal.ToException(path.Length > 0 ? path : "value");
    }

    internal string Place() => Trace?.Path is { Length: > 0 } path ? path : "The value";

    private void WriteBackReference(int id, ObjectCodec codec, ClosureScan? scan)
    {
        if (!_states[id].Available)
        {
            throw new SerializationException(
                $"{Place()} -> {TypeNames.Of(codec.RuntimeType)} cannot be sent: it refers back to itself, and an object of this kind can only be rebuilt after "
                + "everything it holds. Break the circle, or make it go through a class of your own.", Trace?.Path ?? "", codec.RuntimeType);
        }

        bool incomplete = codec is WalkCodec { IsClosure: true } closure && Require(id, closure, scan);
        Writer.WriteByte((byte)(incomplete ? ReferenceMarker.BackIncomplete : ReferenceMarker.Back));
        Writer.WriteVar((uint)id);
        if (incomplete)
        {
            _states.TouchWaiting();
        }
        else
        {
            _states.Touch(id);
        }
    }

    private void WriteTrailer()
    {
        if (_states.Count == 0)
        {
            return; // no objects, no trailer: the decoder counts them as well
        }

        for (int i = 0; i < _deferred.Count; i++)
        {
            DeferredWrite item = _deferred[i];
            Trace?.Restart(item.Path!); // not null: recorded whenever there is a trace
            Scan = item.Scan;
            if (item.Fields is null)
            {
                Writer.WriteByte((byte)TrailerMarker.Body);
                _states[item.Id].Pending = false;
                WriteBody(item.Value, item.Codec, item.Id);
                continue;
            }

            Writer.WriteByte((byte)TrailerMarker.Supplement);
            Writer.WriteVar((uint)item.Id);
            item.Fields.Write(Writer);
            ((WalkCodec)item.Codec).WriteFields(this, item.Value, item.Fields);
        }

        Scan = null;
        Writer.WriteByte((byte)TrailerMarker.End);
    }

    private void Clear()
    {
        if (_states.Count > 0)
        {
            _states.Clear();
            _index.Clear();
            _deferred.Clear();
        }

        _symbols.Clear();

        _awaited?.Clear();
        Scan = null;
        Trace = null;
        Context = null;
        Writer = null!; // set again by the next Attempt
    }
}
