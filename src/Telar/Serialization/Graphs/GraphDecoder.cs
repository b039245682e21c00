using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Reads what a <see cref="GraphEncoder"/> wrote. Not thread-safe; one is kept for each thread.</summary>
[StackTraceHidden]
internal sealed class GraphDecoder
{
    private const int MaxSectionDepth = 8;

    [ThreadStatic]
    private static GraphDecoder? t_idle;

    private readonly ReferenceStates _states = new();
    private readonly List<object> _symbols = [];
    private readonly Queue<int> _deferred = new();
    private readonly List<Action> _late = [];
    private readonly Budget _budget;
    private readonly int _sectionDepth;
    private int _depth;

    internal GraphDecoder() => _budget = new Budget();

    private GraphDecoder(GraphDecoder outer, PayloadReader section)
    {
        _budget = outer._budget;
        _depth = outer._depth;
        _sectionDepth = outer._sectionDepth + 1;
        Reader = section;
        Context = outer.Context;
    }

    internal PayloadReader Reader { get; private set; } = null!; // set by Run

    internal DecodeContext? Context { get; private set; }

    internal SymbolResolver Symbols => Context?.Symbols ?? SymbolResolver.Application;

    internal static T Run<T>(PayloadReader reader, DecodeContext? context)
    {
        GraphDecoder decoder = t_idle ?? new GraphDecoder();
        t_idle = null;
        decoder.Reader = reader;
        decoder.Context = context;
        decoder._budget.Left = context?.MaxAllocation
            ?? DecodeContext.BaseAllocation + (DecodeContext.AllocationPerByte * reader.Remaining) + (reader.Blobs?.TotalLength ?? 0);
        try
        {
            T value = Slots.Of<T>().Read(decoder);
            decoder.ReadTrailer();
            decoder.Clear(); // not after a failure: then it is in an unknown state and is dropped
            t_idle = decoder;
            return value;
        }
        catch (Exception e) when (e is not (SerializationException or BuildMismatchException or OutOfMemoryException))
        {
            // What the platform's constructors say to values that nobody could have sent; or a comparer, a hash code of the user's.
            throw new SerializationException(
                $"Cannot rebuild a {TypeNames.Of(typeof(T))} at offset {reader.Offset} of the payload: {e.GetType().Name} ({e.Message}). If it comes from a comparer or "
                + "a GetHashCode of your own (see the inner exception), that code failed on what it was given; else the payload was damaged on the way.", e);
        }
    }

    internal object? ReadReference(Type declared)
    {
        object? value = ReadHead(declared, out ObjectCodec? codec, out int id, out bool body);
        return body ? ReadBody(codec!, value, id) : value; // not null: a body has a codec
    }

    /// <summary>Reads a reference up to the point from which there is an object to refer to, if its kind allows that.</summary>
    /// <param name="declared">The type of the place.</param>
    /// <param name="codec">The codec of a new object.</param>
    /// <param name="id">The id of a new object, or -1 if objects of its kind have none.</param>
    /// <param name="body">Whether its body follows now.</param>
    /// <returns>The object; <see langword="null"/> also for a new one that its body alone can make.</returns>
    internal object? ReadHead(Type declared, out ObjectCodec? codec, out int id, out bool body)
    {
        codec = null;
        id = -1;
        body = false;
        var marker = (ReferenceMarker)Reader.ReadByte();
        switch (marker)
        {
            case ReferenceMarker.Null:
                return null;
            case ReferenceMarker.Back or ReferenceMarker.BackIncomplete:
                return ReadBackReference(marker);
            case ReferenceMarker.Shared:
                return ReadShared();
            case ReferenceMarker.Exact or ReferenceMarker.ExactDeferred:
                codec = ObjectCodecs.For(declared);
                break;
            case ReferenceMarker.Typed or ReferenceMarker.TypedDeferred:
                codec = ReadTypeCodec();
                break;
            default:
                throw Reader.Invalid($"a reference, not marker {(byte)marker}");
        }

        if (codec.Refusal is { } refusal)
        {
            throw Refuse(refusal);
        }

        // A codec of several types is named by one of them only.
        if (codec.WireType != codec.RuntimeType || codec.WireType.ContainsGenericParameters)
        {
            throw Reader.Invalid($"a type that objects have, not {TypeNames.Of(codec.RuntimeType)}");
        }

        bool defer = marker is ReferenceMarker.ExactDeferred or ReferenceMarker.TypedDeferred;
        if (codec.IsTracked)
        {
            id = _states.Add(null, codec);
        }

        if (!codec.HasShell)
        {
            body = !defer ? true : throw Reader.Invalid($"the content of a {TypeNames.Of(codec.RuntimeType)} in place");
            return null;
        }

        object shell = codec.CreateShell(this, id);
        SetAvailable(id, shell);
        if (defer)
        {
            _states.SetPending(id);
            _deferred.Enqueue(id);
        }

        body = !defer;
        return shell;
    }

    internal object ReadBody(ObjectCodec codec, object? shell, int id)
    {
        if (_depth >= GraphEncoder.MaxDepth || (_depth & 7) == 7 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Reader.Invalid($"objects nested at most {GraphEncoder.MaxDepth} levels deep, as far as the stack of this thread allows");
        }

        _depth++;
        int outer = _states.BeginWindow();
        object value = codec.ReadBody(this, shell, id);
        _depth--;
        if (id >= 0)
        {
            SetAvailable(id, value);
            _states.Close(id, outer);
        }
        else
        {
            _ = _states.EndWindow(outer);
        }

        return value;
    }

    /// <summary>Gives an object to those that refer to it, before its body has ended.</summary>
    internal void SetAvailable(int id, object value)
    {
        ref ReferenceStates.Entry entry = ref _states[id];
        entry.Value = value;
        entry.Available = true;
    }

    internal ref FieldMask? MaskOf(int id) => ref _states[id].Mask;

    /// <summary>Reads a key and says whether it may be looked at: whether all that it refers to is there.</summary>
    internal T ReadKey<T>(SlotOf<T> slot, out bool complete)
    {
        int outer = _states.BeginWindow();
        T key = slot.Read(this);
        complete = _states.EndWindow(outer);
        return key;
    }

    /// <summary>Says that nothing may be put into a collection until every object is complete: its comparer may look at any of them.</summary>
    internal void HoldBack(int id) => _states[id].Incomplete = true;

    internal bool IsHeldBack(int id) => _states[id].Incomplete;

    /// <summary>Puts off until every object is complete.</summary>
    internal void Later(Action action) => _late.Add(action);

    internal TypeSymbol ReadTypeSymbol() =>
        ReadSymbol(method: false) as TypeSymbol ?? throw Reader.Invalid("the name of a type, not of a method");

    internal MethodSymbol ReadMethodSymbol() =>
        ReadSymbol(method: true) as MethodSymbol ?? throw Reader.Invalid("the name of a method, not of a type");

    internal string? ReadString()
    {
        string? text = Reader.ReadString();
        if (text is not null)
        {
            Charge((long)text.Length * sizeof(char));
        }

        return text;
    }

    /// <summary>Reads how many items follow, and charges what they will take.</summary>
    internal int ReadCount(long bytesEach)
    {
        int count = Reader.ReadCount();
        Charge(count * bytesEach);
        return count;
    }

    /// <summary>Takes from what this value may allocate.</summary>
    internal void Charge(long bytes)
    {
        _budget.Left -= bytes;
        if (_budget.Left < 0)
        {
            throw new SerializationException(
                $"Cannot read the payload at offset {Reader.Offset}: its values would take {bytes} bytes more than it may allocate. If it is not damaged, it is an "
                + "unusually compact one (a huge array of nulls): send less at a time, or allow more.");
        }
    }

    internal CancellationToken ReadToken()
    {
        var kind = (TokenKind)Reader.ReadByte();
        switch (kind)
        {
            case TokenKind.None:
                return CancellationToken.None;
            case TokenKind.Cancelled:
                return new CancellationToken(canceled: true);
            case TokenKind.Bridged or TokenKind.BridgedCancelled:
                ulong index = Reader.ReadVar();
                if (index <= int.MaxValue && Context?.ResolveToken is { } resolve)
                {
                    return resolve((int)index, kind == TokenKind.BridgedCancelled);
                }

                throw Reader.Invalid("no cancellation token from outside the payload, since nothing carries them over on this way");
            default:
                throw Reader.Invalid("a cancellation token");
        }
    }

    /// <summary>Reads a part written by <see cref="GraphEncoder.TryWriteSection"/>. One that cannot be read is skipped.</summary>
    /// <returns><see langword="null"/>, or why it cannot.</returns>
    internal string? TryReadSection(Slot slot, out object? value)
    {
        value = null;
        PayloadReader section = Reader.ReadSection();
        if (_sectionDepth == MaxSectionDepth)
        {
            return "it is nested too deep";
        }

        try
        {
            var inner = new GraphDecoder(this, section);
            value = slot.ReadBoxed(inner);
            inner.ReadTrailer();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            value = null;
            return e.Message;
        }
    }

    internal SerializationException Refuse(Refusal refusal) =>
        new($"Cannot read the payload at offset {Reader.Offset}: {refusal.Text}", "", refusal.Type);

    private object ReadBackReference(ReferenceMarker marker)
    {
        int id = Reader.ReadIndex(_states.Count, "objects");
        if (!_states[id].Available)
        {
            throw Reader.Invalid($"a reference to an object that is there already, not to number {id}, which is still being read");
        }

        if (marker == ReferenceMarker.BackIncomplete)
        {
            _states.TouchWaiting();
        }
        else
        {
            _states.Touch(id);
        }

        return _states[id].Value!; // not null: available
    }

    /// <summary>Reads the place of an object that passes as itself.</summary>
    internal object ReadShared() => Context?.Shared is { } shared
        ? shared[Reader.ReadIndex(shared.Count, "shared objects")]
        : throw Reader.Invalid("no object that passes as itself, since it came from another process");

    private ObjectCodec ReadTypeCodec()
    {
        TypeSymbol symbol = ReadTypeSymbol();
        return symbol.Type.ContainsGenericParameters || symbol.Type.IsByRefLike || symbol.Type == typeof(void)
            ? throw Reader.Invalid($"a type that objects have, not {TypeNames.Of(symbol.Type)}")
            : symbol.Codec;
    }

    private object ReadSymbol(bool method)
    {
        int index = Reader.ReadIndex(_symbols.Count + 1, "names") - 1;
        if (index >= 0)
        {
            return _symbols[index];
        }

        object symbol = Symbols.Read(Reader, method);
        _symbols.Add(symbol);
        return symbol;
    }

    private void ReadTrailer()
    {
        if (_states.Count == 0)
        {
            return;
        }

        while (true)
        {
            switch ((TrailerMarker)Reader.ReadByte())
            {
                case TrailerMarker.End:
                    Finish();
                    return;
                case TrailerMarker.Body:
                    ReadDeferredBody();
                    break;
                case TrailerMarker.Supplement:
                    ReadSupplement();
                    break;
                default:
                    throw Reader.Invalid("the end of the value, or an object that was put off");
            }
        }
    }

    private void Finish()
    {
        if (_deferred.Count > 0)
        {
            throw Reader.Invalid($"the content of {_deferred.Count} more objects that were put off");
        }

        // Comparers may look at any key now. What they throw is not ours: Run wraps it.
        for (int i = 0; i < _late.Count; i++)
        {
            _late[i]();
        }
    }

    private void ReadDeferredBody()
    {
        if (!_deferred.TryDequeue(out int id))
        {
            throw Reader.Invalid("no object that was put off");
        }

        _states[id].Pending = false;
        _ = ReadBody(_states[id].Codec!, _states[id].Value, id); // not null: put off when it was added
    }

    private void ReadSupplement()
    {
        int id = Reader.ReadIndex(_states.Count, "objects");
        if (!_states[id].Available || _states[id].Codec is not WalkCodec { IsClosure: true } closure)
        {
            throw Reader.Invalid("the number of a closure");
        }

        closure.ReadFields(this, _states[id].Value!, FieldMask.Read(Reader, closure.FieldCount)); // not null: available
    }

    private void Clear()
    {
        _states.Clear();
        _symbols.Clear();
        _late.Clear();
        Context = null;
        Reader = null!; // set again by the next Run
    }

    /// <summary>What one value may still allocate, shared with the readers of its parts.</summary>
    private sealed class Budget
    {
        internal long Left { get; set; }
    }
}
