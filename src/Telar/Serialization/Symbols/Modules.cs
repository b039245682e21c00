using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>Finds the module of the very same build that a sender named.</summary>
internal static class Modules
{
    private static readonly ConcurrentDictionary<(string Name, Guid Build), Module> s_found = new();
    private static readonly SearchValues<char> s_unwanted = SearchValues.Create("/\\,=\"':*?");

    /// <summary>The module of exactly this build, from what is loaded already, else from what this application can load by name.</summary>
    internal static Module Find(PayloadReader reader, string name, Guid build)
    {
        if (s_found.TryGetValue((name, build), out Module? module))
        {
            return module;
        }

        Guid other = Guid.Empty;
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.IsDynamic || assembly.GetName().Name != name)
            {
                continue;
            }

            if (assembly.ManifestModule.ModuleVersionId == build)
            {
                return Remember(name, build, assembly.ManifestModule);
            }

            other = assembly.ManifestModule.ModuleVersionId;
        }

        if (other != Guid.Empty)
        {
            throw new BuildMismatchException(name, build, other);
        }

        module = Load(reader, name).ManifestModule;
        return module.ModuleVersionId == build
            ? Remember(name, build, module)
            : throw new BuildMismatchException(name, build, module.ModuleVersionId);
    }

    private static Assembly Load(PayloadReader reader, string name)
    {
        // A display name can ask for more than a name (versions, keys, and a path through a resolver): only the plain name is taken.
        if (name.Length is 0 or > 260 || name.AsSpan().ContainsAny(s_unwanted) || name.AsSpan().ContainsAnyInRange('\0', '\x1F'))
        {
            throw reader.Invalid("the simple name of an assembly");
        }

        try
        {
            return Assembly.Load(new AssemblyName { Name = name });
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            throw new SerializationException(
                $"Cannot read a value that mentions assembly '{name}': this process cannot load it. If the sender has it in a load context of "
                + "its own (a plug-in, a script, an assembly loaded from memory), keep the delegates and types that you send in an assembly "
                + "which the application references.", e);
        }
    }

    private static Module Remember(string name, Guid build, Module module)
    {
        _ = s_found.TryAdd((name, build), module);
        return module;
    }
}
