namespace Parallel;

using System.Globalization;
using Telar.Subprocesses;

/// <summary>What the command line of the program says.</summary>
internal sealed record Arguments(BatchOptions Options, bool ShowsProgress, string[] Template, IEnumerable<string> Items)
{
    public const string Usage = """
        Batch [OPTION...] COMMAND [ARGUMENT...] [::: ITEM...]
        Runs the command for each item: an argument after ':::', or else a line of standard input. {} stands for the item;
        without {} the item comes last. The environment has its number in TELAR_SEQ.
          -j N              so many at once (default: one a processor; 0: all)
          -k                output in the order of the items
          --line            output line by line instead of command by command
          --tag             each line of output begins with the item's number
          --joblog FILE     one line for each command that has ended
          --resume          skip what the job log has; --resume-failed: repeat what failed
          --retries N       try again what fails
          --timeout S       stop what takes more than S seconds; 300%: three times the median
          --halt POLICY     never, now,fail=1, soon,fail=10%, now,success=1 ...
          --delay S         seconds between two starts
          --results DIR     keep the output of each command in DIR/NUMBER
          --progress        show it
          --dry-run         show the commands only
        The exit code is the number of failures, at most 101; 130 after Ctrl-C.
        """;

    public static Arguments Parse(string[] words)
    {
        BatchOptions options = new();
        bool showsProgress = false;
        int at = 0;
        for (; at < words.Length && words[at].StartsWith('-'); at++)
        {
            showsProgress |= words[at] == "--progress";
            options = words[at] switch
            {
                "-k" => options with { KeepOrder = true },
                "--line" => options with { Grouping = OutputGrouping.ByLine },
                "--tag" => options with { Tag = (seq, _) => $"{seq}\t" },
                "--resume" => options with { JobLogMode = JobLogMode.Resume },
                "--resume-failed" => options with { JobLogMode = JobLogMode.ResumeFailed },
                "--dry-run" => options with { DryRun = true },
                "--progress" => options,
                "-j" => options with { Jobs = (int)Number(Value()) },
                "--joblog" => options with { JobLog = Value() },
                "--retries" => options with { Retries = (int)Number(Value()) },
                "--halt" => options with { Halt = HaltPolicy.Parse(Value()) },
                "--delay" => options with { StartDelay = TimeSpan.FromSeconds(Number(Value())) },
                "--results" => options with { ResultsDirectory = Value() },
                "--timeout" => Value() is var value && value.EndsWith('%')
                    ? options with { TimeoutFactor = Number(value[..^1]) / 100 }
                    : options with { Timeout = TimeSpan.FromSeconds(Number(value)) },
                _ when words[at].StartsWith("-j", StringComparison.Ordinal) => options with { Jobs = (int)Number(words[at][2..]) },
                _ => throw new ArgumentException($"There is no option '{words[at]}'.\n{Usage}"),
            };
        }

        int separator = Array.IndexOf(words, ":::", at);
        string[] template = words[at..(separator < 0 ? words.Length : separator)];
        if (template.Length == 0)
        {
            throw new ArgumentException($"There is no command.\n{Usage}");
        }

        return new(options, showsProgress, template, separator < 0 ? Lines() : words[(separator + 1)..]);

        string Value() => ++at < words.Length ? words[at] : throw new ArgumentException($"'{words[at - 1]}' needs a value.");

        static double Number(string text) => double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
    }

    /// <summary>The command for an item. No shell reads it, so an item may be any text.</summary>
    public CommandLine CommandFor(string item)
    {
        bool hasPlace = Template.Any(word => word.Contains("{}", StringComparison.Ordinal));
        string[] words = [.. Template.Select(word => word.Replace("{}", item, StringComparison.Ordinal))];
        return hasPlace ? words : [.. words, item];
    }

    private static IEnumerable<string> Lines()
    {
        while (Console.In.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
