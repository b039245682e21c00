using System.Diagnostics;
using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Telar.Serialization;

/// <summary>Classes of the platform, collections apart, that are rebuilt by their public constructors and factories.</summary>
[StackTraceHidden]
internal static class KnownObjects
{
    internal static ObjectCodec? TryCreate(Type type)
    {
        if (!Framework.Has(type))
        {
            return null;
        }

        return Reflected(type) ?? Globalized(type) ?? ComparerCodecs.TryCreate(type) ?? Plain(type) ?? Generic(type);
    }

    private static ObjectCodec? Reflected(Type type)
    {
        // The runtime's own subclasses only: others exist (type builders, metadata-only types) and have no tokens.
        if (type == typeof(Type) || typeof(Type).IsAssignableFrom(type) && type == typeof(object).GetType())
        {
            return new ValueCodec<Type>(
                static (e, value) => e.WriteSymbol(SymbolNames.Of(value).Name, SymbolNames.Of(value)),
                static d => d.ReadTypeSymbol().Type, type);
        }

        return type == typeof(MethodInfo) || typeof(MethodInfo).IsAssignableFrom(type) && Framework.IsCore(type)
            ? new ValueCodec<MethodInfo>(
                static (e, value) => e.WriteSymbol(SymbolNames.Of(value).Name, SymbolNames.Of(value)),
                static d => d.ReadMethodSymbol().Method, type)
            : null;
    }

    private static ObjectCodec? Globalized(Type type)
    {
        if (type == typeof(CultureInfo))
        {
            // By name: changes that were made to an instance stay behind. Whether it may be changed is kept.
            return new ValueCodec<CultureInfo>(
                static (e, value) =>
                {
                    e.Writer.WriteByte(value.IsReadOnly ? (byte)1 : (byte)0);
                    e.Writer.WriteString(value.Name);
                },
                static d => d.Reader.ReadBoolean() ? CultureInfo.GetCultureInfo(d.Reader.ReadText()) : new CultureInfo(d.Reader.ReadText()),
                tracked: true);
        }

        if (type == typeof(TimeZoneInfo))
        {
            return new ValueCodec<TimeZoneInfo>(WriteTimeZone, ReadTimeZone);
        }

        return type == typeof(Encoding) || typeof(Encoding).IsAssignableFrom(type) && Framework.IsCore(type)
            ? new ValueCodec<Encoding>(WriteEncoding, ReadEncoding, type)
            : null;
    }

    private static ObjectCodec? Plain(Type type)
    {
        if (type == typeof(Version))
        {
            return new ValueCodec<Version>(static (e, value) => e.Writer.WriteString(value.ToString()), static d => Version.Parse(d.Reader.ReadText()), tracked: true);
        }

        if (type == typeof(StringBuilder))
        {
            return new ValueCodec<StringBuilder>(
                static (e, value) => e.Writer.WriteString(value.ToString()), static d => new StringBuilder(d.ReadString()), tracked: true);
        }

        if (type == typeof(DBNull))
        {
            return new ValueCodec<DBNull>(static (_, _) => { }, static _ => DBNull.Value);
        }

        // By name, because mentioning these types would load their assemblies.
        return type.FullName switch
        {
            "System.Uri" => UriCodec(),
            "System.Collections.BitArray" => BitArrayCodec(),
            "System.Text.RegularExpressions.Regex" => RegexCodec(),
            _ => null,
        };
    }

    private static ObjectCodec? Generic(Type type)
    {
        if (!type.IsConstructedGenericType)
        {
            return null;
        }

        Type definition = type.GetGenericTypeDefinition();
        string? factory =
            definition == typeof(Lazy<>) ? nameof(Lazy)
            : definition == typeof(ReadOnlyCollection<>) ? nameof(ReadOnlyCollection)
            : definition == typeof(ReadOnlyDictionary<,>) ? nameof(ReadOnlyDictionary)
            : null;
        return factory is null ? null : GenericFactory.Invoke<ObjectCodec>(typeof(KnownObjects), factory, type.GenericTypeArguments);
    }

    private static ValueCodec<Uri> UriCodec() => new(
        static (e, value) =>
        {
            e.Writer.WriteByte(value.IsAbsoluteUri ? (byte)1 : (byte)0);
            e.Writer.WriteString(value.OriginalString);
        },
        static d =>
        {
            UriKind kind = d.Reader.ReadBoolean() ? UriKind.Absolute : UriKind.Relative;
            return new Uri(d.Reader.ReadText(), kind);
        },
        tracked: true);

    private static ValueCodec<BitArray> BitArrayCodec() => new(
        static (e, value) =>
        {
            byte[] bits = new byte[(value.Length + 7) / 8];
            value.CopyTo(bits, 0);
            e.Writer.WriteCount(value.Length);
            e.Writer.WriteBytes(bits);
        },
        static d =>
        {
            ulong length = d.Reader.ReadVar();
            if (length > int.MaxValue)
            {
                throw d.Reader.Invalid("a count of bits");
            }

            return new BitArray(d.Reader.ReadBytes((int)((length + 7) / 8)).ToArray()) { Length = (int)length };
        },
        tracked: true);

    private static ValueCodec<Regex> RegexCodec() => new(
        static (e, value) =>
        {
            e.Writer.WriteString(value.ToString());
            e.Writer.WriteInt32((int)value.Options);
            e.Writer.WriteInt64(value.MatchTimeout.Ticks);
        },
        static d => new Regex(d.Reader.ReadText(), (RegexOptions)d.Reader.ReadInt32(), new TimeSpan(d.Reader.ReadInt64())),
        tracked: true);

    private static void WriteTimeZone(GraphEncoder encoder, TimeZoneInfo value)
    {
        // A zone that was made by hand has no entry in the system's table, or another one; its rules travel then.
        bool known = TimeZoneInfo.TryFindSystemTimeZoneById(value.Id, out TimeZoneInfo? system) && system.HasSameRules(value);
        encoder.Writer.WriteByte(known ? (byte)1 : (byte)0);
        encoder.Writer.WriteString(known ? value.Id : value.ToSerializedString());
    }

    private static TimeZoneInfo ReadTimeZone(GraphDecoder decoder)
    {
        bool known = decoder.Reader.ReadBoolean();
        string text = decoder.Reader.ReadText();
        if (!known)
        {
            return TimeZoneInfo.FromSerializedString(text);
        }

        // An id becomes the path of a file.
        if (text.Contains("..", StringComparison.Ordinal) || text.StartsWith('/') || text.AsSpan().ContainsAnyInRange('\0', '\x1F') || text.Contains('\\', StringComparison.Ordinal))
        {
            throw decoder.Reader.Invalid("the id of a time zone");
        }

        return text == TimeZoneInfo.Utc.Id ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(text);
    }

    private static void WriteEncoding(GraphEncoder encoder, Encoding value)
    {
        bool throws = value.DecoderFallback is DecoderExceptionFallback;
        bool mark = !value.Preamble.IsEmpty;
        if (!MakeEncoding(value.CodePage, throws, mark).Equals(value))
        {
            throw encoder.Refuse(new Refusal(value.GetType(), "it has fallbacks of its own", "Create it inside the call."));
        }

        encoder.Writer.WriteInt32(value.CodePage);
        encoder.Writer.WriteByte(throws ? (byte)1 : (byte)0);
        encoder.Writer.WriteByte(mark ? (byte)1 : (byte)0);
    }

    private static Encoding ReadEncoding(GraphDecoder decoder)
    {
        int page = decoder.Reader.ReadInt32();
        bool throws = decoder.Reader.ReadBoolean();
        return MakeEncoding(page, throws, decoder.Reader.ReadBoolean());
    }

    private static Encoding MakeEncoding(int page, bool throws, bool mark) =>
        page switch
        {
            65001 => !throws && mark ? Encoding.UTF8 : new UTF8Encoding(mark, throws),
            1200 => !throws && mark ? Encoding.Unicode : new UnicodeEncoding(bigEndian: false, mark, throws),
            1201 => !throws && mark ? Encoding.BigEndianUnicode : new UnicodeEncoding(bigEndian: true, mark, throws),
            12000 => !throws && mark ? Encoding.UTF32 : new UTF32Encoding(bigEndian: false, mark, throws),
            12001 => new UTF32Encoding(bigEndian: true, mark, throws),
            _ => throws ? Encoding.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback) : Encoding.GetEncoding(page),
        };

    private static ValueCodec<Lazy<T>> Lazy<T>() => new(
        static (e, value) =>
        {
            if (!value.IsValueCreated)
            {
                throw e.Refuse(FrameworkRefusals.For(typeof(Lazy<T>)));
            }

            Slots.Of<T>().Write(e, value.Value);
        },
        static d => new Lazy<T>(Slots.Of<T>().Read(d)),
        tracked: true);

    // Views: the collection behind one may be shared with others.
    private static ValueCodec<ReadOnlyCollection<T>> ReadOnlyCollection<T>() => new(
        static (e, value) => Slots.Of<IList<T>?>().Write(e, Behind<IList<T>>(value)),
        static d => new ReadOnlyCollection<T>(Slots.Of<IList<T>?>().Read(d) ?? throw d.Reader.Invalid("a list")),
        tracked: true);

    private static ValueCodec<ReadOnlyDictionary<TKey, TValue>> ReadOnlyDictionary<TKey, TValue>()
        where TKey : notnull => new(
        static (e, value) => Slots.Of<IDictionary<TKey, TValue>?>().Write(e, Behind<IDictionary<TKey, TValue>>(value)),
        static d => new ReadOnlyDictionary<TKey, TValue>(Slots.Of<IDictionary<TKey, TValue>?>().Read(d) ?? throw d.Reader.Invalid("a dictionary")),
        tracked: true);

    // The one field of that type, whatever its name.
    private static T? Behind<T>(object view)
        where T : class
    {
        foreach (FieldInfo field in view.GetType().GetFields(SendPolicy.InstanceFields))
        {
            if (field.FieldType == typeof(T))
            {
                return (T?)field.GetValue(view);
            }
        }

        throw new InvalidOperationException($"{TypeNames.Of(view.GetType())} has no field of type {TypeNames.Of(typeof(T))} in this runtime.");
    }
}
