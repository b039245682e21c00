namespace Telar.Benchmarks;

using Medallion.Shell;

/// <summary>MedallionShell.</summary>
internal sealed class MedallionTool : ITool
{
    public async ValueTask SpawnAsync(string program) => Check(await Command.Run(program).Task);

    public async ValueTask<long> CaptureAsync(string[] command)
    {
        CommandResult result = await Run(command).Task;
        Check(result);
        return result.StandardOutput.Length;
    }

    public async ValueTask<long> BytesAsync(string[] command)
    {
        MemoryStream bytes = new();
        Check(await Run(command).RedirectTo(bytes).Task);
        return bytes.Length;
    }

    public ValueTask<long> TextAsync(string[] command) => CaptureAsync(command);

    public async ValueTask PipelineAsync(string[] first, string[] second) => Check(await Run(first).PipeTo(Run(second)).Task);

    public async ValueTask FeedAsync(string[] command, byte[] input) => Check(await Run(command).RedirectFrom(new MemoryStream(input)).Task);

    private static Command Run(string[] command) => Command.Run(command[0], command[1..]);

    private static void Check(CommandResult result)
    {
        if (!result.Success)
        {
            throw new InvalidOperationException($"A command ended with {result.ExitCode}: {result.StandardError}");
        }
    }
}
