namespace Census.Reports;

using Census.Analysis;
using Spectre.Console;

/// <summary>What was found, as tables.</summary>
internal sealed class ResultReport(IAnsiConsole console, CensusTotal total, string folder, int top)
{
    private const int MostProblems = 20;

    public void Write()
    {
        WriteSummary();
        WriteCounts();
        WriteBars("Opcodes", total.OpcodesByUse, total[Metric.Instructions]);
        WriteBars("Calls into", total.CallsByAssembly, total[Metric.Calls]);
        WriteRankings();
        WriteProblems();
    }

    private void WriteSummary()
    {
        console.WriteLine($"{folder}: {Say.Count(total.Files, "file", "files")}, {Say.Megabytes(total.Bytes)}");
        console.WriteLine(
            $"{Say.Count(total[FileKind.Managed], "assembly", "assemblies")}, {Say.Number(total.DistinctBuilds)} distinct, "
            + $"{Say.Megabytes(total.BytesInCopies)} in copies");
        console.WriteLine(
            $"{Say.Number(total[FileKind.Native])} native, {Say.Number(total[FileKind.Damaged])} damaged, "
            + $"{Say.Number(total[FileKind.Unreadable])} unreadable");
    }

    private void WriteCounts()
    {
        Table table = Tables.New(console)
            .AddColumn("Counted").AddColumn(Tables.Right("")).AddColumn("").AddColumn(Tables.Right(""));
        Metric[] metrics = Enum.GetValues<Metric>();
        int half = (metrics.Length + 1) / 2;
        for (int i = 0; i < half; i++)
        {
            Metric left = metrics[i];
            Metric? right = i + half < metrics.Length ? metrics[i + half] : null;
            table.AddRow(
                Tables.Words(left), Say.Number(total[left]),
                right is null ? "" : Tables.Words(right.Value), right is null ? "" : Say.Number(total[right.Value]));
        }

        console.Write(table);
    }

    private void WriteBars(string title, IEnumerable<NameCount> counts, long all)
    {
        Table table = Tables.New(console).AddColumn(title).AddColumn(Tables.Right("")).AddColumn(Tables.Right("")).AddColumn("");
        foreach (NameCount entry in counts.Take(top))
        {
            double part = (double)entry.Count / Math.Max(all, 1);
            table.AddRow(
                new Text(Say.Fit(entry.Name, 40)), new Text(Say.Number(entry.Count)), new Text(Say.Percent(part)),
                new Text(new string('■', (int)Math.Ceiling(part * 30)), new Style(Color.Green)));
        }

        console.Write(table);
    }

    private void WriteRankings()
    {
        const int others = 40; // the other columns and the borders
        int assemblies = console.Profile.Width / 5;
        int methods = Math.Max(16, console.Profile.Width - assemblies - others);
        Table table = Tables.New(console).AddColumn("Most").AddColumn(Tables.Right(""))
            .AddColumn(Tables.Left("Method")).AddColumn(Tables.Left("Assembly")).AddColumn(Tables.Right("Copies"));
        foreach (Ranking ranking in Enum.GetValues<Ranking>())
        {
            string label = Tables.Words(ranking);
            foreach (RankedMethod method in total[ranking].Take(top))
            {
                table.AddRow(
                    new Text(label, new Style(Color.Aqua)), new Text(Say.Number(method.Value)),
                    new Text(Say.Fit(method.Method, methods)), new Text(Say.Fit(method.Assembly, assemblies)),
                    new Text(Say.Number(method.Copies)));
                label = "";
            }
        }

        console.Write(table);
    }

    private void WriteProblems()
    {
        FileCensus[] problems = [.. total.Problems];
        foreach (FileCensus file in problems.Take(MostProblems))
        {
            string what = file.Kind == FileKind.Damaged ? "damaged" : "unreadable";
            string line = Say.Clean($"{what}: {Installation.NameOf(file.Path, folder)}: {file.Problem}");
            console.Write(new Text(line + "\n", new Style(Color.Yellow)));
        }

        if (problems.Length > MostProblems)
        {
            console.WriteLine($"... and {Say.Number(problems.Length - MostProblems)} more; --json lists all.");
        }
    }
}
