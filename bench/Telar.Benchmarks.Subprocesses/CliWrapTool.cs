namespace Telar.Benchmarks;

using CliWrap;
using CliWrap.Buffered;

/// <summary>CliWrap.</summary>
internal sealed class CliWrapTool : ITool
{
    public async ValueTask SpawnAsync(string program) => await Cli.Wrap(program).ExecuteAsync();

    public async ValueTask<long> CaptureAsync(string[] command) => (await Wrap(command).ExecuteBufferedAsync()).StandardOutput.Length;

    public async ValueTask<long> BytesAsync(string[] command)
    {
        MemoryStream bytes = new();
        await Wrap(command).WithStandardOutputPipe(PipeTarget.ToStream(bytes)).ExecuteAsync();
        return bytes.Length;
    }

    public async ValueTask<long> TextAsync(string[] command) => (await Wrap(command).ExecuteBufferedAsync()).StandardOutput.Length;

    public async ValueTask PipelineAsync(string[] first, string[] second) => await (Wrap(first) | Wrap(second)).ExecuteAsync();

    public async ValueTask FeedAsync(string[] command, byte[] input) =>
        await Wrap(command).WithStandardInputPipe(PipeSource.FromBytes(input)).ExecuteAsync();

    private static Command Wrap(string[] command) => Cli.Wrap(command[0]).WithArguments(command[1..]);
}
