namespace Census;

using System.Runtime.InteropServices;

/// <summary>Finds the files to read.</summary>
internal static class Installation
{
    /// <summary>The root of the .NET installation that this program runs on.</summary>
    public static string Folder
    {
        get
        {
            // <root>/shared/Microsoft.NETCore.App/10.0.0, but for a self-contained program: that brings its own.
            var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
            DirectoryInfo? shared = runtime.Parent?.Parent;
            return shared is { Name: "shared", Parent: not null } ? shared.Parent.FullName : runtime.FullName;
        }
    }

    /// <summary>All .dll and .exe files below a folder, the largest first: whoever gets the last one is done soon.</summary>
    /// <remarks>Links are not followed, so that nothing is counted twice.</remarks>
    public static IReadOnlyList<AssemblyFile> Find(string folder)
    {
        List<AssemblyFile> files = [];
        Stack<DirectoryInfo> open = new([new DirectoryInfo(folder)]);
        while (open.TryPop(out DirectoryInfo? directory))
        {
            try
            {
                foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos())
                {
                    Visit(entry);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Reading it as a file will fail too, and so it gets into the list of what could not be read.
                files.Add(Describe(directory.FullName, 0));
            }
        }

        return [.. files.OrderByDescending(file => file.Bytes).ThenBy(file => file.Name, StringComparer.Ordinal)];

        void Visit(FileSystemInfo entry)
        {
            if (entry.LinkTarget is not null)
            {
                return;
            }

            if (entry is DirectoryInfo child)
            {
                open.Push(child);
            }
            else if (entry is FileInfo file && file.Extension.ToUpperInvariant() is ".DLL" or ".EXE")
            {
                files.Add(Describe(file.FullName, file.Length));
            }
        }

        AssemblyFile Describe(string path, long bytes) =>
            new(path, NameOf(path, folder), bytes);
    }

    /// <summary>A path as the reports have it.</summary>
    public static string NameOf(string path, string folder) => Path.GetRelativePath(folder, path).Replace('\\', '/');
}
