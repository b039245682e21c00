using System.Collections.Concurrent;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>Finds the module of the very same build that a sender named.</summary>
internal static class Modules
{
    private static readonly ConcurrentDictionary<string, Module> s_found = new();

    /// <summary>The module of exactly this build, from what is loaded already, else from what this application can load by name.</summary>
    internal static Module Find(PayloadReader reader, string name, Guid build)
    {
        if (s_found.TryGetValue(name, out Module? module) && module.ModuleVersionId == build)
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
                return Remember(name, assembly.ManifestModule);
            }

            other = assembly.ManifestModule.ModuleVersionId;
        }

        if (other != Guid.Empty)
        {
            throw new BuildMismatchException(name, build, other);
        }

        module = Load(reader, name).ManifestModule;
        return module.ModuleVersionId == build
            ? Remember(name, module)
            : throw new BuildMismatchException(name, build, module.ModuleVersionId);
    }

    private static Assembly Load(PayloadReader reader, string name)
    {
        // A display name can ask for more than a name (versions, keys, and a path through a resolver): only the plain name is taken.
        if (name.Length is 0 or > 260 || !IsSimple(name))
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

    private static Module Remember(string name, Module module)
    {
        s_found[name] = module;
        return module;
    }

    private static bool IsSimple(string name)
    {
        foreach (char c in name)
        {
            if (c is < ' ' or '/' or '\\' or ',' or '=' or '"' or '\'' or ':' or '*' or '?')
            {
                return false;
            }
        }

        return true;
    }
}
