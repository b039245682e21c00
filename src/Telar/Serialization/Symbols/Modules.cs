using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Telar.Serialization;

/// <summary>Finds the module of the very same build that a sender named.</summary>
/// <param name="context">Where to look and load; <see langword="null"/> for the application's own.</param>
internal sealed class Modules(AssemblyLoadContext? context)
{
    // Named: a load without a context would follow the one that the caller has entered.
    private static readonly AssemblyLoadContext s_application = AssemblyLoadContext.GetLoadContext(typeof(Modules).Assembly) ?? AssemblyLoadContext.Default;

    private readonly ConcurrentDictionary<string, Module> _found = new();

    /// <summary>The module of exactly this build, from what is loaded already, else from what this application can load by name.</summary>
    internal Module Find(PayloadReader reader, string name, Guid build)
    {
        if (_found.TryGetValue(name, out Module? module) && module.ModuleVersionId == build)
        {
            return module;
        }

        Guid other = Guid.Empty;
        foreach (Assembly assembly in Loaded())
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

    // A separate context loads nothing that another one has loaded, and nobody else takes what it has loaded.
    private IEnumerable<Assembly> Loaded() => context is not null
        ? context.Assemblies
        : AppDomain.CurrentDomain.GetAssemblies().Where(static assembly => AssemblyLoadContext.GetLoadContext(assembly) is not (null or ISeparateCode));

    private Assembly Load(PayloadReader reader, string name)
    {
        // A display name can ask for more than a name (versions, keys, and a path through a resolver): only the plain name is taken.
        if (name.Length is 0 or > 260 || !IsSimple(name))
        {
            throw reader.Invalid("the simple name of an assembly");
        }

        try
        {
            var simple = new AssemblyName { Name = name };
            return (context ?? s_application).LoadFromAssemblyName(simple);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            throw new SerializationException(
                $"Cannot read a value that mentions assembly '{name}': this process cannot load it. If the sender has it in a load context of "
                + "its own (a plug-in, a script, an assembly loaded from memory), keep the delegates and types that you send in an assembly "
                + "which the application references.", e);
        }
    }

    private Module Remember(string name, Module module)
    {
        _found[name] = module;
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
