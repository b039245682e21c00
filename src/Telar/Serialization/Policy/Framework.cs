using System.Collections.Concurrent;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>Tells the platform's own assemblies from those of applications, by the keys that they are signed with.</summary>
internal static class Framework
{
    private static readonly ulong[] s_keys =
        [0x7CEC85D7BEA7798E, 0xB03F5F7F11D50A3A, 0xCC7B13FFCD2DDD51, 0xB77A5C561934E089, 0x31BF3856AD364E35, 0xADB9793829DDAE60];

    private static readonly ConcurrentDictionary<Assembly, bool> s_assemblies = new();

    internal static bool Has(Type type) => Has(type.Assembly);

    internal static bool IsCore(Type type) => type.Assembly == typeof(object).Assembly;

    private static bool Has(Assembly assembly) =>
        s_assemblies.TryGetValue(assembly, out bool known) ? known : s_assemblies.GetOrAdd(assembly, static assembly => IsSigned(assembly));

    private static bool IsSigned(Assembly assembly)
    {
        byte[]? token = assembly.GetName().GetPublicKeyToken();
        return token is { Length: sizeof(ulong) } && s_keys.Contains(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(token));
    }
}
