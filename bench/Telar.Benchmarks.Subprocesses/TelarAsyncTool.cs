namespace Telar.Benchmarks;

using Telar.Subprocesses;

/// <summary>Telar, awaited.</summary>
internal sealed class TelarAsyncTool : ITool
{
    public async ValueTask SpawnAsync(string program) => await Subprocess.RunAsync(program, TelarTool.Checked);

    public async ValueTask<long> CaptureAsync(string[] command) => (await Subprocess.RunAsync(command, TelarTool.Both)).Stdout.Length;

    public async ValueTask<long> BytesAsync(string[] command) => (await Subprocess.RunAsync(command, TelarTool.Output)).Stdout.Bytes.Length;

    public async ValueTask<long> TextAsync(string[] command) => (await Subprocess.RunAsync(command, TelarTool.Output)).Stdout.Text.Length;

    public async ValueTask PipelineAsync(string[] first, string[] second) =>
        await Subprocess.RunPipelineAsync(Pipeline.Create(first, second), TelarTool.Checked);

    public async ValueTask FeedAsync(string[] command, byte[] input) =>
        await Subprocess.RunAsync(command, TelarTool.Checked with { Input = input });
}
