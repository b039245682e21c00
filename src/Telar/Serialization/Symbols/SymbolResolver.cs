using System.Reflection;

namespace Telar.Serialization;

/// <summary>Finds the type or method of a name on the wire. No string is ever parsed as a type name.</summary>
/// <param name="modules">Whose types and methods.</param>
internal sealed class SymbolResolver(Modules modules)
{
    private const int TypeDefinitionTable = 0x02;
    private const int MethodDefinitionTable = 0x06;
    private const int MaxNesting = 32;

    private const int MaxRemembered = 16 * 1024;

    private readonly SymbolTable _symbols = new(MaxRemembered);

    /// <summary>Finds those of the application, outside of every separate load context.</summary>
    internal static SymbolResolver Application { get; } = new(new Modules(context: null));

    /// <summary>Reads the name of a type or of a method. The two kinds never look alike: the name of a method has a token after its type.</summary>
    internal object Read(PayloadReader reader, bool method)
    {
        ReadOnlySpan<byte> name = reader.ReadBytes(reader.ReadCount());
        if (_symbols.Find(name, method) is { } symbol)
        {
            return symbol;
        }

        byte[] copy = name.ToArray();
        PayloadReader inner = reader.Again(copy.Length);
        try
        {
            symbol = method ? new MethodSymbol(ReadMethod(inner), copy) : new TypeSymbol(ReadType(inner, 0), copy);
        }
        catch (Exception e) when (e is not (SerializationException or BuildMismatchException or OutOfMemoryException))
        {
            // Tokens out of range, constraints that fail, class constructors that throw: there is no end to the kinds.
            throw reader.Invalid($"the name of a {(method ? "method" : "type")} that exists here", e);
        }

        if (inner.Remaining > 0)
        {
            throw reader.Invalid("the end of a name");
        }

        _symbols.Add(copy, symbol);
        return symbol;
    }

    private Type ReadType(PayloadReader reader, int nesting)
    {
        if (nesting > MaxNesting)
        {
            throw reader.Invalid($"a type of at most {MaxNesting} nested generic arguments");
        }

        byte tag = reader.ReadByte();
        switch ((SymbolTag)tag)
        {
            case SymbolTag.Definition:
                string name = reader.ReadText();
                var build = reader.ReadGuid();
                int token = ReadToken(reader, TypeDefinitionTable);
                return modules.Find(reader, name, build).ResolveType(token);

            case SymbolTag.Constructed:
                Type definition = ReadType(reader, nesting + 1);
                var arguments = new Type[reader.ReadCount()];
                if (!definition.IsGenericTypeDefinition || definition.GetGenericArguments().Length != arguments.Length)
                {
                    throw reader.Invalid($"a generic type of {arguments.Length} arguments, not {TypeNames.Of(definition)}");
                }

                for (int i = 0; i < arguments.Length; i++)
                {
                    arguments[i] = ReadType(reader, nesting + 1);
                }

                return definition.MakeGenericType(arguments);

            case SymbolTag.Vector:
                return ReadType(reader, nesting + 1).MakeArrayType();

            case SymbolTag.Array:
                byte rank = reader.ReadByte();
                return rank is > 0 and <= 32
                    ? ReadType(reader, nesting + 1).MakeArrayType(rank)
                    : throw reader.Invalid($"an array of 1 to 32 dimensions, not {rank}");

            default:
                int known = tag - (int)SymbolTag.Known;
                return (uint)known < (uint)KnownSymbols.Types.Length ? KnownSymbols.Types[known] : throw reader.Invalid("the name of a type");
        }
    }

    private MethodInfo ReadMethod(PayloadReader reader)
    {
        Type declaring = ReadType(reader, 0);
        Type definition = declaring.IsConstructedGenericType ? declaring.GetGenericTypeDefinition() : declaring;
        if (SymbolNames.NeedsBuild(declaring))
        {
            var build = reader.ReadGuid();
            if (build != definition.Module.ModuleVersionId)
            {
                throw new BuildMismatchException(definition.Assembly.GetName().Name ?? "", build, definition.Module.ModuleVersionId);
            }
        }

        int token = ReadToken(reader, MethodDefinitionTable);
        MethodBase? method = definition.Module.ResolveMethod(token);
        if (method is not MethodInfo || method.DeclaringType != definition)
        {
            throw reader.Invalid($"a method of {TypeNames.Of(declaring)}");
        }

        if (definition != declaring)
        {
            method = MethodBase.GetMethodFromHandle(method.MethodHandle, declaring.TypeHandle);
        }

        var found = (MethodInfo)method!; // not null: the handle is of a method of this type
        var arguments = new Type[reader.ReadCount()];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = ReadType(reader, 1);
        }

        return arguments.Length > 0 ? found.MakeGenericMethod(arguments) : found;
    }

    private static int ReadToken(PayloadReader reader, int table)
    {
        int token = reader.ReadInt32();
        return token >>> 24 == table ? token : throw reader.Invalid($"a metadata token of table {table:X2}, not {token:X8}");
    }
}
