namespace Census.Reports;

using Spectre.Console;

/// <summary>Consoles for the two output streams: with colours and redrawing on a terminal, plain lines elsewhere.</summary>
internal static class Terminal
{
    private const int PlainWidth = 120;

    public static bool OutputIsTerminal => !Console.IsOutputRedirected && !IsDumb;

    public static bool ErrorIsTerminal => !Console.IsErrorRedirected && !IsDumb;

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";

    public static IAnsiConsole Output() => Create(Console.Out, OutputIsTerminal);

    public static IAnsiConsole Error() => Create(Console.Error, ErrorIsTerminal);

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!isTerminal)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }
}
