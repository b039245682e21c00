namespace Telar.Benchmarks;

using System.Globalization;
using System.Text;

/// <summary>Takes figures on all sides in turn, and prints medians, ratios and targets.</summary>
internal sealed class Report
{
    private readonly StringBuilder _markdown = new();
    private readonly List<string> _missed = [];

    public Report(string head)
    {
        Line(head);
        Line("");
        Line("| figure | side | median (min - max) | allocated | Telar against it | target | |");
        Line("|---|---|---|---|---|---|---|");
    }

    public async Task AddAsync(Figure figure, Rivals rivals, double scale, CancellationToken cancellationToken)
    {
        List<Entry> entries = [];
        try
        {
            foreach (Contender contender in figure.Contenders)
            {
                entries.Add(await Entry.MakeAsync(contender, rivals));
            }

            int rounds = Math.Max(1, (int)(figure.Rounds * scale));
            for (int round = -1; round < rounds; round++)
            {
                // There and back: what the first side leaves to the second, the second leaves to the first in the next round.
                foreach (Entry entry in (round & 1) == 0 ? entries : Enumerable.Reverse(entries))
                {
                    await entry.MeasureAsync(round >= 0, cancellationToken);
                }
            }
        }
        finally
        {
            foreach (Entry entry in entries)
            {
                await entry.DisposeAsync();
            }
        }

        for (int i = 0; i < entries.Count; i++)
        {
            Line(Row(figure, entries[i], entries[0], isFirst: i == 0));
        }
    }

    public void Finish(FileInfo? file)
    {
        Line("");
        Line(_missed.Count == 0 ? "Every target that could be judged here is met." : $"Missed: {string.Join("; ", _missed)}.");
        if (file is not null)
        {
            file.Directory?.Create();
            File.WriteAllText(file.FullName, _markdown.ToString());
        }
    }

    private string Row(Figure figure, Entry entry, Entry ours, bool isFirst)
    {
        string name = isFirst ? figure.Name : "";
        if (entry.Missing is { } reason)
        {
            return $"| {name} | {entry.Name} | - ({reason}) | | | {entry.Target?.Text} | |";
        }

        string ratio = "";
        string wanted = "";
        bool? met = null;
        if (isFirst)
        {
            (wanted, met) = Absolute(figure, entry.Median);
        }
        else if (entry.Target is { } target && ours.Missing is null)
        {
            double value = target.Ratio(ours.Median, entry.Median);
            ratio = double.IsFinite(value) ? target.Show(value) : ""; // Of nothing, nothing is so many times.
            wanted = target.Text;
            met = wanted.Length == 0 ? null : target.IsMet(value);
            if (entry.BoundsAllocation)
            {
                wanted += ", no more allocation";
                met &= ours.Allocated <= entry.Allocated + 0.5; // Half a byte an operation is the noise of the harness.
            }
        }

        if (met == false)
        {
            _missed.Add(isFirst ? $"{figure.Name} ({Show(entry.Median, figure.Unit)} for {wanted})" : $"{figure.Name} against {entry.Name} ({ratio} for {wanted})");
        }

        string verdict = met switch { true => "met", false => "missed", null => "" };
        string allocated = double.IsNaN(entry.Allocated) ? "" : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, entry.Allocated):0.#} B");
        return $"| {name} | {entry.Name} | {entry.Show(figure.Unit)} | {allocated} | {ratio} | {wanted} | {verdict} |";
    }

    private static (string Wanted, bool? Met) Absolute(Figure figure, double value) => figure switch
    {
        { AtMost: { } most } => ($"<= {Show(most, figure.Unit)}", value <= most),
        { AtLeast: { } least } => ($">= {Show(least, figure.Unit)}", value >= least),
        _ => ("", null),
    };

    private static string Show(double value, string unit) => unit switch
    {
        "ns" when value >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.0} ms"),
        "ns" when value >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.0} us"),
        "ns" when value < 100 => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ns"),
        "x" => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} x"),
        "B" when value >= 1e5 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.00} MB"),
        "B" => string.Create(CultureInfo.InvariantCulture, $"{value:0.#} B"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0} {unit}"),
    };

    private void Line(string text)
    {
        Console.WriteLine(text);
        _markdown.AppendLine(text);
    }

    /// <summary>One side while its figure is taken.</summary>
    private sealed class Entry(Contender contender, ISide? side, string? missing) : IAsyncDisposable
    {
        private readonly List<double> _values = [];
        private readonly List<double> _allocated = [];

        public string Name => contender.Name;

        public Target? Target => contender.Target;

        public bool BoundsAllocation => contender.BoundsAllocation;

        public string? Missing => missing;

        public double Median => Middle(_values);

        public double Allocated => Middle(_allocated);

        public static async Task<Entry> MakeAsync(Contender contender, Rivals rivals)
        {
            try
            {
                return new Entry(contender, await contender.Make(rivals), null);
            }
            catch (MissingSideException exception)
            {
                return new Entry(contender, null, exception.Message);
            }
        }

        public async Task MeasureAsync(bool counts, CancellationToken cancellationToken)
        {
            if (side is null)
            {
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
            Sample sample = await side.MeasureAsync(cancellationToken);
            if (counts)
            {
                _values.Add(sample.Value);
                _allocated.Add(sample.Allocated);
            }
        }

        public string Show(string unit) =>
            $"{Report.Show(Median, unit)} ({Report.Show(_values.Min(), unit)} - {Report.Show(_values.Max(), unit)})";

        public ValueTask DisposeAsync() => side?.DisposeAsync() ?? ValueTask.CompletedTask;

        private static double Middle(List<double> values)
        {
            double[] sorted = [.. values.Order()];
            return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
        }
    }
}
