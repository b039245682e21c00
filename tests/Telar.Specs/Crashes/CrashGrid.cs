namespace Telar.Specs.Crashes;

/// <summary>The cells of grid.tsv.</summary>
internal static class CrashGrid
{
    public static IReadOnlyList<CrashCell> Cells { get; } = Read();

    private static List<CrashCell> Read()
    {
        using Stream stream = typeof(CrashGrid).Assembly.GetManifestResourceStream("grid.tsv")
            ?? throw new InvalidOperationException("grid.tsv is not in the assembly.");
        using StreamReader reader = new(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(static line => line[0] != '#')
                .Skip(1)
                .Select(static line => line.Split('\t'))
                .Select(static parts => new CrashCell(parts[0], parts[1], parts[2], parts[3])),
        ];
    }
}
