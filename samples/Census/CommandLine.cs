namespace Census;

using System.CommandLine;
using System.CommandLine.Parsing;

/// <summary>What can be typed after the program's name.</summary>
internal sealed class CommandLine
{
    private readonly Argument<string> _folder = new("folder")
    {
        Description = "Where to look for assemblies, in all folders below too",
        DefaultValueFactory = _ => Installation.Folder,
    };

    private readonly Option<int> _workers = new("--workers", "-w")
    {
        Description = "How many worker processes",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<int> _top = new("--top") { Description = "How many rows each list has", DefaultValueFactory = _ => 5 };
    private readonly Option<bool> _sequential = new("--sequential") { Description = "Read one file after the other, in this process" };
    private readonly Option<bool> _compare = new("--compare") { Description = "Then do it again in one process, and compare" };
    private readonly Option<bool> _chaos = new("--chaos") { Description = "Kill random workers meanwhile, and show that the result is the same" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the result alone, as JSON: the same bytes in each way of running" };

    private readonly RootCommand _root;

    public CommandLine()
    {
        _root = new RootCommand("Reads every .NET assembly of an installation and tells what is in it.")
        {
            _folder, _workers, _sequential, _compare, _chaos, _json, _top,
        };
        Require(_workers, 1);
        Require(_top, 1);
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
    public async Task<int> InvokeAsync(string[] args, Func<CensusOptions, Task<int>> run)
    {
        _root.SetAction(result => run(Read(result)));
        ParseResult parsed = _root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            throw new UsageException(string.Join('\n', parsed.Errors.Select(error => error.Message)));
        }

        // The library's own handling of Ctrl-C is off: Interrupts does it.
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
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

    private static void Require(Option<int> option, int least) => option.Validators.Add(result =>
    {
        if (result.Tokens is [Token token] && int.TryParse(token.Value, out int value) && value < least)
        {
            result.AddError($"{option.Name} must be at least {least}, not {value}.");
        }
    });
}
