namespace Telar.Benchmarks;

using System.CommandLine;
using System.Runtime.InteropServices;

/// <summary>The command line that all these programs have.</summary>
internal static class Run
{
    /// <param name="title">What the program measures.</param>
    /// <param name="script">CPython's side.</param>
    /// <param name="figures">In the order in which they are taken.</param>
    /// <param name="cSource">The side in C; null when no figure has one.</param>
    /// <param name="args">The command line.</param>
    /// <param name="more">Options of the one program, which it reads itself.</param>
    public static Task<int> Async(string title, string script, IReadOnlyList<Figure> figures, string? cSource, string[] args, params Option[] more)
    {
        Option<string[]> only = new("--only") { Description = "Only figures whose name contains one of these words.", AllowMultipleArgumentsPerToken = true };
        Option<double> scale = new("--scale") { Description = "Multiplies the number of rounds.", DefaultValueFactory = static _ => 1.0 };
        Option<string?> python = new("--python") { Description = "The CPython to compare with; default: TELAR_PYTHON, python3.14 ... python3." };
        Option<FileInfo?> save = new("--save") { Description = "Also writes the table to this Markdown file." };
        RootCommand root = new(title) { only, scale, python, save };
        foreach (Option option in more)
        {
            root.Add(option);
        }

        root.SetAction(async (result, token) =>
        {
            await using Rivals rivals = new(result.GetValue(python), script, cSource ?? "");
            string head = $"Telar on {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors; {rivals.PythonStatus}";
            Report report = new(cSource is null ? head : $"{head}; {rivals.CStatus}");
            foreach (Figure figure in figures.Where(figure => Wanted(figure, result.GetValue(only) ?? [])))
            {
                await report.AddAsync(figure, rivals, result.GetValue(scale), token);
            }

            report.Finish(result.GetValue(save));
            return 0;
        });
        return root.Parse(args).InvokeAsync();
    }

    private static bool Wanted(Figure figure, string[] words) =>
        words.Length == 0 || words.Any(word => figure.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
