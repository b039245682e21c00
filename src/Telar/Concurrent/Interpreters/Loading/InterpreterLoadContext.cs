using System.Reflection;
using System.Runtime.Loader;
using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

// Locks
//   _gate guards _folders. It is a leaf.
// Ownership
//   The interpreter owns it until it is closed. Then only what still runs or is still held in there keeps it alive.

/// <summary>The copies of the program's assemblies that belong to one interpreter. Their statics are its own.</summary>
internal sealed class InterpreterLoadContext : AssemblyLoadContext, ISeparateCode
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _shared;
    private string[] _folders = [];

    public InterpreterLoadContext(Interpreter interpreter, string name, IEnumerable<string> shared)
        : base(name, isCollectible: true)
    {
        Interpreter = interpreter;
        _shared = new HashSet<string>(shared, StringComparer.OrdinalIgnoreCase);
    }

    public Interpreter Interpreter { get; }

    /// <summary>Loads a program that is not a part of this one; what it refers to is looked for beside it.</summary>
    public Assembly LoadProgram(string file)
    {
        lock (_gate)
        {
            _folders = [.. _folders, Path.GetDirectoryName(file) ?? ""];
        }

        return LoadFromAssemblyPath(file);
    }

    // Null leaves it to the program's own load context, whose assemblies all interpreters share.
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || _shared.Contains(name) || !string.IsNullOrEmpty(assemblyName.CultureName))
        {
            return null;
        }

        if (ProgramAssemblies.TryGetFile(name, out string? file))
        {
            return LoadFromAssemblyPath(file);
        }

        string[] folders;
        lock (_gate)
        {
            folders = _folders;
        }

        foreach (string folder in folders)
        {
            string beside = Path.Combine(folder, name + ".dll");
            if (File.Exists(beside) && !Framework.Has(AssemblyName.GetAssemblyName(beside)) && name != typeof(Interpreter).Assembly.GetName().Name)
            {
                return LoadFromAssemblyPath(beside);
            }
        }

        return null;
    }
}
