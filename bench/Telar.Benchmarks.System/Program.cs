namespace Telar.Benchmarks;

using System.CommandLine;
using Telar.Multiprocessing;

/// <summary>Whole-process figures of Telar beside CPython's, measured in turn within one run.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args.Contains("--frozen"))
        {
            ProcessHost.FreezeSupport();
        }

        Option<string[]> only = new("--only") { Description = "Only figures whose name contains one of these words.", AllowMultipleArgumentsPerToken = true };
        Option<double> scale = new("--scale") { Description = "Multiplies the number of rounds.", DefaultValueFactory = static _ => 1.0 };
        Option<string?> python = new("--python") { Description = "The CPython to compare with; default: TELAR_PYTHON, python3.13 ... python3." };
        Option<bool> frozen = new("--frozen") { Description = "Workers enter through FreezeSupport instead of the start-up hook." };
        Option<FileInfo?> save = new("--save") { Description = "Also writes the table to this Markdown file." };
        RootCommand root = new("Telar beside CPython: each figure is taken in turn on both sides, the ratio counts.") { only, scale, python, frozen, save };
        root.SetAction(async (result, token) =>
        {
            await using Rival? rival = Rival.TryStart(result.GetValue(python), out string status);
            Report report = new(status);
            foreach (Figure figure in Figures.All.Where(figure => Wanted(figure, result.GetValue(only) ?? [])))
            {
                await report.AddAsync(figure, rival, result.GetValue(scale), token);
            }

            report.Finish(result.GetValue(save));
            return 0;
        });
        return await root.Parse(args).InvokeAsync();
    }

    private static bool Wanted(Figure figure, string[] words) =>
        words.Length == 0 || words.Any(word => figure.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
