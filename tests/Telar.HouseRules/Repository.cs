namespace Telar.HouseRules;

/// <summary>The checkout these tests were built from.</summary>
internal static class Repository
{
    private const string Marker = "Telar.slnx";

    // Made by tools, never tracked (see .gitignore). The walk does not ask git, which refuses a checkout of another user.
    private static readonly HashSet<string> s_skippedFolders =
        new([".git", ".vs", ".vscode", ".idea", "artifacts", "bin", "obj", "node_modules", "TestResults"], StringComparer.Ordinal);

    private static readonly Lazy<string> s_root = new(FindRoot);
    private static readonly Lazy<SourceFile[]> s_files = new(() => [.. ReadAll(new DirectoryInfo(Root))]);

    public static string Root => s_root.Value;

    /// <summary>Every text file of the repository.</summary>
    public static IReadOnlyList<SourceFile> Files => s_files.Value;

    /// <summary>The C# files below a folder such as <c>src/Telar</c>.</summary>
    public static IReadOnlyList<SourceFile> Sources(string folder) => [.. Files.Where(file => file.IsCSharp && file.IsIn(folder))];

    private static string FindRoot()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Marker)))
                {
                    return folder.FullName;
                }
            }
        }

        throw new DirectoryNotFoundException(
            $"The house rules read the sources, but no folder above '{AppContext.BaseDirectory}' or '{Environment.CurrentDirectory}' " +
            $"holds {Marker}. Run them from a checkout: ./test.sh Telar.HouseRules");
    }

    private static IEnumerable<SourceFile> ReadAll(DirectoryInfo folder)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.LinkTarget is not null)
            {
                continue;
            }

            if (entry is DirectoryInfo child)
            {
                if (!s_skippedFolders.Contains(child.Name))
                {
                    foreach (SourceFile file in ReadAll(child))
                    {
                        yield return file;
                    }
                }
            }
            else if (entry.Name != ".git" && TryReadText(entry.FullName, out string text))
            {
                yield return new SourceFile(Path.GetRelativePath(Root, entry.FullName).Replace('\\', '/'), text);
            }
        }
    }

    private static bool TryReadText(string path, out string text)
    {
        byte[] content = File.ReadAllBytes(path);
        bool isText = !content.AsSpan(0, Math.Min(content.Length, 8192)).Contains((byte)0);
        text = isText ? System.Text.Encoding.UTF8.GetString(content).TrimStart('\uFEFF') : "";
        return isText;
    }
}
