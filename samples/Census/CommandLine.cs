namespace Census;

using System.CommandLine;
using System.Globalization;

/// <summary>What can be typed after the program's name.</summary>
internal sealed class CommandLine
{
    private readonly Argument<string> _folder = new("folder")
    {
        Description = "Where to look for assemblies, in all folders below too",
        DefaultValueFactory = _ => Installation.Folder,
    };

    private readonly Option<int> _workers =
        AtLeastOne("--workers", "How many worker processes", Environment.ProcessorCount, "-w");

    private readonly Option<int> _top = AtLeastOne("--top", "How many rows each list has", 5);
    private readonly Option<bool> _sequential = Flag("--sequential", "Read one file after the other, in this process");
    private readonly Option<bool> _compare = Flag("--compare", "Then do it again in one process, and compare");
    private readonly Option<bool> _chaos = Flag("--chaos", "Kill random workers meanwhile; show that the result is the same");
    private readonly Option<bool> _json = Flag("--json", "Print the result alone, as JSON: the same bytes however it is run");

    private readonly RootCommand _root;

    public CommandLine()
    {
        _root = new RootCommand("Reads every .NET assembly of an installation and tells what is in it.")
        {
            _folder, _workers, _sequential, _compare, _chaos, _json, _top,
        };
        _folder.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] option }])
            {
                result.AddError($"There is no option {option}.");
            }
        });
        _root.Validators.Add(result =>
        {
            if (result.GetValue(_sequential) && (result.GetValue(_chaos) || result.GetResult(_workers) is { Implicit: false }))
            {
                result.AddError("--sequential runs without workers: leave out --workers and --chaos, or --sequential.");
            }
        });
    }

    /// <param name="args">The arguments.</param>
    /// <param name="run">What to do with them.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">They make no sense.</exception>
    public async Task<int> InvokeAsync(string[] args, Func<CensusOptions, Task<int>> run)
    {
        _root.SetAction(result => run(Read(result)));
        ParseResult parsed = _root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            throw new UsageException(string.Join('\n', parsed.Errors.Select(error => error.Message)));
        }

        // The library's own handling of Ctrl-C is off: Interrupts does it.
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(configuration);
    }

    private CensusOptions Read(ParseResult result) => new()
    {
        Folder = Path.GetFullPath(result.GetRequiredValue(_folder)),
        Workers = result.GetValue(_workers),
        Top = result.GetValue(_top),
        Sequential = result.GetValue(_sequential),
        Chaos = result.GetValue(_chaos),
        Compare = result.GetValue(_compare),
        Json = result.GetValue(_json),
    };

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    private static Option<int> AtLeastOne(string name, string says, int usual, params string[] aliases) => new(name, aliases)
    {
        Description = says,
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                result.AddError($"{name} must be a whole number of at least 1, not '{text}'.");
            }

            return number;
        },
    };
}
