namespace Telar.Benchmarks;

using Telar.Subprocesses;

/// <summary>Telar, on the thread that calls.</summary>
internal sealed class TelarTool : ITool
{
    internal static readonly RunOptions Checked = new() { Check = true };
    internal static readonly RunOptions Both = new() { Check = true, CaptureOutput = true };
    internal static readonly RunOptions Output = new() { Check = true, Stdout = Stdio.Pipe };

    public ValueTask SpawnAsync(string program)
    {
        Subprocess.Run(program, Checked);
        return ValueTask.CompletedTask;
    }

    public ValueTask<long> CaptureAsync(string[] command) => new(Subprocess.Run(command, Both).Stdout.Length);

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
