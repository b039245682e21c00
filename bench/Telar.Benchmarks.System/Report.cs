namespace Telar.Benchmarks;

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

/// <summary>Takes figures on both sides in turn, and prints medians and the ratio.</summary>
internal sealed class Report
{
    private readonly StringBuilder _markdown = new();

    public Report(string status)
    {
        Line($"Telar on {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors; {status}");
        Line("");
        Line("| figure | Telar, median (min - max) | CPython, median (min - max) | ratio | target |");
        Line("|---|---|---|---|---|");
    }

    public async Task AddAsync(Figure figure, Rival? rival, double scale, CancellationToken cancellationToken)
    {
        int rounds = Math.Max(1, (int)(figure.Rounds * scale));
        List<double> ours = [];
        List<double> theirs = [];
        await using (ISide side = await figure.Make())
        {
            // The first round of each side pays for what is only paid once.
            for (int round = -1; round < rounds; round++)
            {
                double mine = await side.MeasureAsync(cancellationToken);
                double other = rival is not null && figure.Theirs is { } ask ? ask(rival) : double.NaN;
                if (round >= 0)
                {
                    ours.Add(mine);
                    theirs.Add(other);
                }
            }
        }

        double ratio = Median(ours) / Median(theirs);
        Line(string.Create(CultureInfo.InvariantCulture,
            $"| {figure.Name} | {Show(ours, figure.Unit)} | {(double.IsNaN(ratio) ? "-" : Show(theirs, figure.Unit))} | {(double.IsNaN(ratio) ? "-" : ratio.ToString("0.###", CultureInfo.InvariantCulture))} | {figure.Target} |"));
    }

    public void Finish(FileInfo? file)
    {
        if (file is not null)
        {
            File.WriteAllText(file.FullName, _markdown.ToString());
        }
    }

    private static string Show(List<double> values, string unit) =>
        $"{Show(Median(values), unit)} ({Show(values.Min(), unit)} - {Show(values.Max(), unit)})";

    private static string Show(double value, string unit) => unit switch
    {
        "ns" when value >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.0} ms"),
        "ns" when value >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.0} us"),
        "x" => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} x"),
        "B" => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.00} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0} {unit}"),
    };

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    private void Line(string text)
    {
        Console.WriteLine(text);
        _markdown.AppendLine(text);
    }
}
