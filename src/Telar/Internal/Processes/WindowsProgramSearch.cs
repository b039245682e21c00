namespace Telar.Internal.Processes;

/// <summary>Finds programs on Windows. Never in the current directory, where a stranger may have put one of the same name.</summary>
/// <remarks>
/// A name is looked for in the system's two directories, as CreateProcess does it, and then in PATH of the child's environment;
/// a relative path is taken from the child's directory. A name without one of <see cref="s_endings"/> is tried with each of them
/// first, in each directory, so that <c>npm</c> finds <c>npm.cmd</c>.
/// </remarks>
internal static class WindowsProgramSearch
{
    private static readonly string[] s_endings = [".com", ".exe", ".bat", ".cmd"];
    private static readonly char[] s_separators = ['\\', '/', ':'];

    /// <summary>Finds a program.</summary>
    /// <param name="startInfo">What is started.</param>
    /// <returns>Its full path; null when there is none.</returns>
    internal static string? Find(ChildStartInfo startInfo)
    {
        string name = startInfo.FileName;
        if (name.IndexOfAny(s_separators) >= 0)
        {
            return FindFile(Path.GetFullPath(name, DirectoryOf(startInfo)));
        }

        foreach (string directory in Directories(startInfo))
        {
            if (FindFile(Path.Combine(directory, name)) is string found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The command processor: COMSPEC of this process, if it names a file by its full path, or cmd of the system.</summary>
    /// <returns>Its path.</returns>
    internal static string Shell()
    {
        string? shell = Environment.GetEnvironmentVariable("COMSPEC");
        return shell is not null && Path.IsPathFullyQualified(shell) && File.Exists(shell) ? shell : SystemShell();
    }

    /// <summary>cmd of the system, whatever COMSPEC says.</summary>
    /// <returns>Its path.</returns>
    internal static string SystemShell() => Path.Combine(Environment.SystemDirectory, "cmd.exe");

    private static string? FindFile(string path)
    {
        // A name that ends with a dot asks for exactly itself, without the dot.
        bool hasEnding = path.EndsWith('.') || s_endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        string[] candidates = hasEnding ? [path.TrimEnd('.')] : [.. s_endings.Select(ending => path + ending), path];
        return candidates.FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> Directories(ChildStartInfo startInfo)
    {
        yield return Environment.SystemDirectory;
        yield return Environment.GetFolderPath(Environment.SpecialFolder.Windows);
        string path = WindowsEnvironmentBlock.Get(startInfo, "PATH") ?? "";
        foreach (string entry in path.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // A relative entry would be the current directory by another name.
            string directory = entry.Trim('"');
            if (Path.IsPathFullyQualified(directory))
            {
                yield return directory;
            }
        }
    }

    private static string DirectoryOf(ChildStartInfo startInfo) => Path.GetFullPath(startInfo.WorkingDirectory ?? ".");
}
