namespace Telar.Benchmarks;

using System.Collections;
using System.Diagnostics;
using System.Globalization;

/// <summary>
/// A process in which one tool is measured, so that none inherits what another has set up: signal handlers, threads, heap. A line
/// `name argument` is answered by a line with a number.
/// </summary>
internal static class Server
{
    /// <summary>The first word of its command line; the tool, its load in GiB and its load in threads follow.</summary>
    public const string Word = "--serve";

    private const int WarmUpCalls = 40;

    private static readonly Dictionary<string, Func<ITool>> s_tools = new()
    {
        ["telar"] = static () => new TelarTool(),
        ["telar-env"] = static () => new TelarTool(
            Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static entry => (string)entry.Key, static entry => (string)entry.Value!)),
        ["telar-async"] = static () => new TelarAsyncTool(),
        ["process"] = static () => new ProcessTool(),
        ["process-async"] = static () => new ProcessAsyncTool(),
        ["cliwrap"] = static () => new CliWrapTool(),
        ["medallion"] = static () => new MedallionTool(),
    };

    private static bool s_isWarm;

    /// <summary>Starts one for a side of a figure, which ends with it.</summary>
    /// <param name="tool">Its name here.</param>
    /// <param name="request">What it is asked for.</param>
    /// <param name="argument">With which number.</param>
    /// <param name="gibibytes">How much heap it has in use.</param>
    /// <param name="threads">How many idle threads it has.</param>
    public static Task<ISide> SideAsync(string tool, string request, int argument, int gibibytes = 0, int threads = 0)
    {
        _ = Programs.Tiny; // Says before the start that there is none.
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its program.");
        string[] words = [Word, tool, gibibytes.ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture)];
        return Task.FromResult<ISide>(new RivalSide(Rival.Start(program, words, tool), request, argument, isOwned: true));
    }

    /// <summary>Answers until its input ends.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        using Load load = new(Number(args[2]), Number(args[3]));
        Census census = new();
        ITool tool = s_tools[args[1]]();
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            int argument = Number(words[1]);
            double value = words[0] switch
            {
                "tiny" => await MedianAsync(argument, () => tool.SpawnAsync(Programs.Tiny)),
                "true" => await MedianAsync(argument, () => tool.SpawnAsync("true")),
                "capture" => await MedianAsync(argument, () => CaptureAsync(tool)),
                "bytes" => await TimeAsync(() => BulkAsync(tool.BytesAsync, argument)),
                "text" => await TimeAsync(() => BulkAsync(tool.TextAsync, argument)),
                "pipeline" => await TimeAsync(() => tool.PipelineAsync(Programs.Zeros((long)argument << 20), Programs.Eater)),
                "stdin" => await FeedAsync(tool, argument),
                "allocated" => await AllocatedAsync(tool, argument),
                "threads" => await census.ThreadsOfRunsAsync(tool, argument),
                "threads_at_once" => await census.ThreadsOfChildrenAsync(tool, argument),
                _ => throw new ArgumentException($"The request '{line}' is not known."),
            };
            Console.Out.WriteLine(value.ToString("0.###", CultureInfo.InvariantCulture));
        }

        return 0;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<double> MedianAsync(int count, Func<ValueTask> operation)
    {
        if (!s_isWarm) // A server is asked for one thing only.
        {
            s_isWarm = true;
            await WarmUpAsync(operation);
        }

        double[] times = new double[count];
        for (int i = 0; i < count; i++)
        {
            times[i] = await TimeAsync(operation);
        }

        Array.Sort(times);
        return times[count / 2];
    }

    // Optimised code is there after 30 calls and a tenth of a second of quiet in the background.
    private static async Task WarmUpAsync(Func<ValueTask> operation)
    {
        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < WarmUpCalls; i++)
            {
                await operation();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private static async ValueTask<double> TimeAsync(Func<ValueTask> operation)
    {
        long begun = Stopwatch.GetTimestamp();
        await operation();
        return Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
    }

    private static async ValueTask CaptureAsync(ITool tool) => Expect(1024, await tool.CaptureAsync(Programs.Zeros(1024)));

    private static async ValueTask BulkAsync(Func<string[], ValueTask<long>> capture, int mebibytes) =>
        Expect((long)mebibytes << 20, await capture(Programs.Zeros((long)mebibytes << 20)));

    private static async ValueTask<double> FeedAsync(ITool tool, int mebibytes)
    {
        byte[] data = new byte[mebibytes << 20];
        return await TimeAsync(() => tool.FeedAsync(Programs.Eater, data));
    }

    private static async ValueTask<double> AllocatedAsync(ITool tool, int count)
    {
        string[] command = Programs.Zeros(16);
        await WarmUpAsync(async () => await tool.CaptureAsync(command));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < count; i++)
        {
            await tool.CaptureAsync(command);
        }

        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / count;
    }

    private static void Expect(long expected, long found)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"{found} bytes were captured, where {expected} were written.");
        }
    }
}
