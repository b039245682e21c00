using System.Diagnostics;
using System.Collections;
using System.Runtime.ExceptionServices;

namespace Telar.Serialization;

// An exception must arrive, whatever it holds: what cannot be sent of it, or not be rebuilt, is left out and named at the end of its
// stack trace. So each of its own fields is a part that the reader can skip, and its type is not named in the table of the payload.

/// <summary>Exceptions as data: no constructor of theirs ever runs.</summary>
[StackTraceHidden]
internal sealed class ExceptionCodec(Type type) : ObjectCodec(type)
{
    private readonly ExceptionShape? _shape = ExceptionShape.CanRebuild(type) ? ExceptionShape.Of(type) : null;

    internal override Type WireType => typeof(Exception);

    internal override bool HasShell => true;

    internal override void WriteHead(GraphEncoder encoder, object value)
    {
        var exception = (Exception)value;
        if (encoder.IsOpenOutside(exception))
        {
            throw new SerializationException("it refers back to the exception itself");
        }

        string? raw = ExceptionShape.RawMessage(exception);
        string shown = ShownMessage(exception, raw);
        PayloadWriter writer = encoder.Writer;
        WriteType(writer);
        writer.WriteString(raw);
        writer.WriteString(shown == raw ? null : shown);
        writer.WriteInt32(exception.HResult);
        writer.WriteString(ExceptionShape.Source(exception));
        writer.WriteString(ExceptionShape.HelpLink(exception));
    }

    internal override object CreateShell(GraphDecoder decoder, int id)
    {
        PayloadReader reader = decoder.Reader;
        string name = reader.ReadText();
        ExceptionShape? shape = reader.ReadBoolean() ? ResolveShape(decoder) : null;
        string? raw = decoder.ReadString();
        string? shown = decoder.ReadString() ?? raw;
        int hresult = reader.ReadInt32();
        string? source = decoder.ReadString();
        string? helpLink = decoder.ReadString();
        Exception exception = shape?.CreateBlank() ?? new RemoteException(name, shown ?? "");
        ExceptionShape.SetHead(exception, shape is null ? shown : raw, hresult, source, helpLink);
        return exception;
    }

    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        var exception = (Exception)value;
        var notes = new List<string>();
        Slots.Of<Exception?>().Write(encoder, exception.InnerException);
        WriteInnerList(encoder, exception as AggregateException);
        WriteData(encoder, exception, notes);
        WriteFields(encoder, exception, notes);
        encoder.Writer.WriteString(RemoteStack.WithNotes(RemoteStack.Of(exception), notes));
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        var exception = (Exception)shell!; // not null: HasShell
        var notes = new List<string>();
        ExceptionShape.SetInner(exception, Slots.Of<Exception?>().Read(decoder));
        ReadInnerList(decoder, exception as AggregateException);
        ReadData(decoder, exception, notes);
        ReadFields(decoder, exception, exception is RemoteException { IsStandIn: true }, notes);
        string stack = RemoteStack.WithNotes(decoder.ReadString() ?? "", notes);
        if (exception is RemoteException remote)
        {
            // Its own field, if it was one over there already, has the stack of the process where it all began.
            remote.RemoteStackTrace = remote.RemoteStackTrace is { Length: > 0 } first ? first : stack;
        }

        if (stack.Length > 0)
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(exception, stack);
        }

        return exception;
    }

    private static string ShownMessage(Exception exception, string? raw)
    {
        try
        {
            return exception.Message ?? raw ?? "";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return raw ?? "";
        }
    }

    private static ExceptionShape? ResolveShape(GraphDecoder decoder)
    {
        try
        {
            return decoder.Symbols.Read(decoder.Reader, method: false) is TypeSymbol symbol && ExceptionShape.CanRebuild(symbol.Type)
                ? ExceptionShape.Of(symbol.Type)
                : null;
        }
        catch (Exception e) when (e is SerializationException or BuildMismatchException)
        {
            return null; // a type that this process does not have: RemoteException tells its name
        }
    }

    private static void WriteInnerList(GraphEncoder encoder, AggregateException? exception)
    {
        IList<Exception> inner = [];
        try
        {
            inner = exception?.InnerExceptions ?? inner;
        }
        catch (NullReferenceException)
        {
            // one that was made without a constructor
        }

        encoder.Writer.WriteCount(inner.Count);
        foreach (Exception item in inner)
        {
            Slots.Of<Exception?>().Write(encoder, item);
        }
    }

    private static void ReadInnerList(GraphDecoder decoder, AggregateException? exception)
    {
        var inner = new Exception[decoder.ReadCount(IntPtr.Size)];
        for (int i = 0; i < inner.Length; i++)
        {
            inner[i] = Slots.Of<Exception?>().Read(decoder) ?? throw decoder.Reader.Invalid("an exception in a list of them");
        }

        if (exception is not null)
        {
            ExceptionShape.SetInnerList(exception, inner);
        }
    }

    private static void WriteData(GraphEncoder encoder, Exception exception, List<string> notes)
    {
        var entries = new List<DictionaryEntry>();
        try
        {
            if (ExceptionShape.HasData(exception))
            {
                entries.AddRange(exception.Data.Cast<DictionaryEntry>());
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            notes.Add($"Data: {e.Message}"); // the property is virtual, and somebody may be changing it
        }

        foreach (DictionaryEntry entry in entries)
        {
            int start = encoder.Writer.Length;
            encoder.Writer.WriteByte(1);
            string? why = encoder.TryWriteSection(Slots.Of<object>(), entry.Key) ?? encoder.TryWriteSection(Slots.Of<object?>(), entry.Value);
            if (why is not null)
            {
                encoder.Writer.Truncate(start);
                notes.Add($"Data entry {(entry.Key is string key ? $"\"{key}\"" : "")}: {why}");
            }
        }

        encoder.Writer.WriteByte(0);
    }

    private static void ReadData(GraphDecoder decoder, Exception exception, List<string> notes)
    {
        while (decoder.Reader.ReadBoolean())
        {
            string? keyFault = decoder.TryReadSection(Slots.Of<object>(), out object? key);
            string? valueFault = decoder.TryReadSection(Slots.Of<object?>(), out object? value);
            try
            {
                if (key is not null && valueFault is null)
                {
                    exception.Data[key] = value;
                    continue;
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                valueFault = e.Message; // the property is virtual
            }

            notes.Add($"Data entry {(key is string text ? $"\"{text}\"" : "")}: {keyFault ?? valueFault ?? "its key is null"}");
        }
    }

    private void WriteType(PayloadWriter writer)
    {
        writer.WriteString(RuntimeType.FullName ?? RuntimeType.Name);
        writer.WriteByte(_shape is null ? (byte)0 : (byte)1);
        if (_shape is not null)
        {
            byte[] name = SymbolNames.Of(RuntimeType).Name;
            writer.WriteCount(name.Length);
            writer.WriteBytes(name);
        }
    }

    private void WriteFields(GraphEncoder encoder, Exception exception, List<string> notes)
    {
        for (int i = 0; _shape is not null && i < _shape.Walk.Fields.Length; i++)
        {
            System.Reflection.FieldInfo field = _shape.Walk.Fields[i];
            if (field.FieldType.IsPointer || field.GetValue(exception) is not { } value)
            {
                continue; // null over there as well
            }

            int start = encoder.Writer.Length;
            encoder.Writer.WriteByte(1);
            encoder.Writer.WriteCount(i);
            if (encoder.TryWriteSection(_shape.Walk.SlotAt(i), value) is not { } why)
            {
                continue;
            }

            // Private state of the platform's own exceptions (a task, a handle) is nothing that anybody could miss.
            encoder.Writer.Truncate(start);
            if (!Framework.Has(field.DeclaringType!)) // not null: a field of a class
            {
                notes.Add($"{FieldNames.Of(field)}: {why}");
            }
        }

        encoder.Writer.WriteByte(0);
    }

    private static void ReadFields(GraphDecoder decoder, Exception exception, bool standIn, List<string> notes)
    {
        ExceptionShape shape = ExceptionShape.Of(exception.GetType());
        while (decoder.Reader.ReadBoolean())
        {
            ulong index = decoder.Reader.ReadVar();
            bool known = !standIn && index < (ulong)shape.Walk.Fields.Length && !shape.Walk.Fields[(int)index].FieldType.IsPointer;
            string? fault = decoder.TryReadSection(known ? shape.Walk.SlotAt((int)index) : Slots.Of<object?>(), out object? value);
            if (!known)
            {
                continue; // of a type that this process does not have
            }

            try
            {
                if (fault is null)
                {
                    shape.Walk.Fields[(int)index].SetValue(exception, value);
                    continue;
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                fault = e.Message;
            }

            notes.Add($"{FieldNames.Of(shape.Walk.Fields[(int)index])}: {fault}");
        }
    }
}
