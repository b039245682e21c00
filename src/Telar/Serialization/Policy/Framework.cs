using System.Buffers.Binary;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>Tells the platform's own assemblies from those of applications, by the keys that they are signed with.</summary>
internal static class Framework
{
    private static readonly ulong[] s_keys =
        [0x7CEC85D7BEA7798E, 0xB03F5F7F11D50A3A, 0xCC7B13FFCD2DDD51, 0xB77A5C561934E089, 0x31BF3856AD364E35, 0xADB9793829DDAE60];

    // Objects, not bool: the core library is compiled ahead of time for tables of objects only.
    private static readonly MemberTable<Assembly, object> s_assemblies = new();
    private static readonly object s_yes = new();
    private static readonly object s_no = new();

    internal static bool Has(Type type) =>
        s_yes == s_assemblies.GetOrAdd(type.Assembly, static assembly => Has(assembly.GetName()) ? s_yes : s_no);

    internal static bool IsCore(Type type) => type.Assembly == typeof(object).Assembly;

    /// <summary>Whether an assembly of this name, as its own file has it, is the platform's.</summary>
    internal static bool Has(AssemblyName name)
    {
        byte[]? token = name.GetPublicKeyToken();
        ulong value = token is { Length: sizeof(ulong) } ? BinaryPrimitives.ReadUInt64BigEndian(token) : 0;
        foreach (ulong key in s_keys)
        {
            if (key == value)
            {
                return true;
            }
        }

        return false;
    }
}
