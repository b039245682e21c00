namespace Telar.Internal.Processes;

/// <summary>Finds programs as a Unix shell does, but by the child's environment and directory.</summary>
internal static class ProgramSearch
{
    // What a child without PATH gets, as in CPython.
    private const string DefaultPath = "/bin:/usr/bin";

    /// <summary>The files that a start may try, in order.</summary>
    /// <param name="startInfo">What to start.</param>
    /// <returns>
    /// The path itself when there is a slash in it; otherwise those files in the directories of PATH that exist. None may
    /// be executable: whether one is, only the start itself can tell.
    /// </returns>
    internal static List<string> Candidates(ChildStartInfo startInfo)
    {
        string name = startInfo.FileName;
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return [name];
        }

        var found = new List<string>(1);
        ReadOnlySpan<char> path = Path(startInfo);
        foreach (Range range in path.Split(':'))
        {
            ReadOnlySpan<char> directory = path[range];

            // An empty entry is the current directory: an old rule that shells and CPython keep.
            string candidate = directory.IsEmpty ? $"./{name}"
                : directory[^1] == '/' ? $"{directory}{name}"
                : $"{directory}/{name}";
            if (File.Exists(FromHere(candidate, startInfo)))
            {
                found.Add(candidate);
            }
        }

        return found;
    }

    /// <summary>PATH of the child.</summary>
    /// <param name="startInfo">What to start.</param>
    /// <returns>Its value, or the default of a child that has none.</returns>
    internal static string Path(ChildStartInfo startInfo) => startInfo.Variable("PATH") ?? DefaultPath;

    /// <summary>What the child means by a path, seen from this process, whose directory may be another.</summary>
    /// <param name="path">The path.</param>
    /// <param name="startInfo">What to start.</param>
    /// <returns>A path for this process.</returns>
    internal static string FromHere(string path, ChildStartInfo startInfo) =>
        startInfo.WorkingDirectory is null ? path : System.IO.Path.Combine(startInfo.WorkingDirectory, path);
}
