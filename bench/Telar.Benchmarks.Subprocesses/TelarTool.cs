namespace Telar.Benchmarks;

using Telar.Subprocesses;

/// <summary>Telar, on the thread that calls.</summary>
/// <param name="env">The environment of the programs, taken once; null: this process's own, which .NET copies for each of them.</param>
internal sealed class TelarTool(IReadOnlyDictionary<string, string>? env = null) : ITool
{
    internal static readonly RunOptions Checked = new() { Check = true };
    internal static readonly RunOptions Both = new() { Check = true, CaptureOutput = true };
    internal static readonly RunOptions Output = new() { Check = true, Stdout = Stdio.Pipe };

    private readonly RunOptions _checked = Checked with { Env = env };
    private readonly RunOptions _both = Both with { Env = env };

    public ValueTask SpawnAsync(string program)
    {
        Subprocess.Run(program, _checked);
        return ValueTask.CompletedTask;
    }

    public ValueTask<long> CaptureAsync(string[] command) => new(Subprocess.Run(command, _both).Stdout.Length);

    public ValueTask<long> BytesAsync(string[] command) => new(Subprocess.Run(command, Output).Stdout.Bytes.Length);

    public ValueTask<long> TextAsync(string[] command) => new(Subprocess.Run(command, Output).Stdout.Text.Length);

    public ValueTask PipelineAsync(string[] first, string[] second)
    {
        Subprocess.RunPipeline(Pipeline.Create(first, second), Checked);
        return ValueTask.CompletedTask;
    }

    public ValueTask FeedAsync(string[] command, byte[] input)
    {
        Subprocess.Run(command, Checked with { Input = input });
        return ValueTask.CompletedTask;
    }
}
