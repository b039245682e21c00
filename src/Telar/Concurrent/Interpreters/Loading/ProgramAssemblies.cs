using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Telar.Internal;
using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

/// <summary>The assemblies of the program: which of them an interpreter gets a copy of, and from which file.</summary>
internal static class ProgramAssemblies
{
    private static readonly Lazy<Dictionary<string, string>> s_listed = new(ReadList);

    // The empty text stands for an assembly that all interpreters share.
    private static readonly ConcurrentDictionary<string, string> s_files = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="PlatformNotSupportedException">This program has no assemblies that could be loaded a second time.</exception>
    public static void ThrowIfNotSupported()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported || WholeProgram.IsTrimmed)
        {
            throw new PlatformNotSupportedException(
                "An interpreter loads the program's assemblies a second time and finds code by its name. This program was trimmed or compiled ahead of "
                + "time, and has not all of its code. Publish it without PublishTrimmed and PublishAot, or use ThreadPoolExecutor.");
        }

        if (Assembly.GetEntryAssembly() is { } entry && FileOf(entry).Length == 0)
        {
            throw new PlatformNotSupportedException(
                $"An interpreter loads the program's assemblies a second time, and '{entry.GetName().Name}' has no file of its own: the program was "
                + "published as a single file. Publish it without PublishSingleFile, or use ProcessPoolExecutor.");
        }
    }

    /// <summary>The file of which an interpreter makes its own copy.</summary>
    /// <returns>False: the interpreters share this assembly, or the program has none of this name.</returns>
    /// <exception cref="FileLoadException">The program has the assembly, but not from a file.</exception>
    public static bool TryGetFile(string name, [NotNullWhen(true)] out string? file)
    {
        if (!s_files.TryGetValue(name, out file))
        {
            file = Find(name);
            if (file is null)
            {
                return false; // not remembered: the program may learn to find it
            }

            s_files[name] = file;
        }

        return file.Length > 0;
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Empty for what lies inside a single file, which is looked at.")]
    public static string FileOf(Assembly assembly) => assembly.IsDynamic ? "" : assembly.Location;

    private static string? Find(string name)
    {
        if (name == typeof(Interpreter).Assembly.GetName().Name)
        {
            return "";
        }

        if (s_listed.Value.TryGetValue(name, out string? listed))
        {
            return Framework.Has(AssemblyName.GetAssemblyName(listed)) ? "" : listed;
        }

        // Not one that the program was started with: a plug-in, most likely, which the program's own events may know how to find.
        Assembly loaded;
        try
        {
            loaded = AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName { Name = name });
        }
        catch (FileNotFoundException)
        {
            return null; // The load that asked for it says so.
        }

        return Framework.Has(loaded.GetName()) ? "" : FileOf(loaded) is { Length: > 0 } file ? file : throw new FileLoadException(
            $"An interpreter needs its own copy of assembly '{name}', which this program made or loaded from memory: there is no file to load it from. "
            + $"Write it to a file first, or name it in {nameof(InterpreterOptions)}.{nameof(InterpreterOptions.SharedAssemblies)}.", name);
    }

    // What the host found for the program when it was started.
    private static Dictionary<string, string> ReadList()
    {
        var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string list = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (string file in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            files.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }

        return files;
    }
}
