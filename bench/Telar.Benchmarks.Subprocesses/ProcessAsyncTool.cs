namespace Telar.Benchmarks;

using System.Diagnostics;

/// <summary>System.Diagnostics.Process, awaited.</summary>
internal sealed class ProcessAsyncTool : ITool
{
    public async ValueTask SpawnAsync(string program)
    {
        using Process process = ProcessTool.Start([program], output: false);
        await FinishAsync(process);
    }

    public async ValueTask<long> CaptureAsync(string[] command)
    {
        using Process process = ProcessTool.Start(command, error: true);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await FinishAsync(process);
        return text.Length;
    }

    public async ValueTask<long> BytesAsync(string[] command)
    {
        using Process process = ProcessTool.Start(command);
        MemoryStream bytes = new();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await FinishAsync(process);
        return bytes.Length;
    }

    public async ValueTask<long> TextAsync(string[] command)
    {
        using Process process = ProcessTool.Start(command);
        string text = await process.StandardOutput.ReadToEndAsync();
        await FinishAsync(process);
        return text.Length;
    }

    public async ValueTask PipelineAsync(string[] first, string[] second)
    {
        using Process writer = ProcessTool.Start(first);
        using Process reader = ProcessTool.Start(second, output: false, input: true);
        await writer.StandardOutput.BaseStream.CopyToAsync(reader.StandardInput.BaseStream);
        reader.StandardInput.Close();
        await FinishAsync(writer);
        await FinishAsync(reader);
    }

    public async ValueTask FeedAsync(string[] command, byte[] input)
    {
        using Process process = ProcessTool.Start(command, output: false, input: true);
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await FinishAsync(process);
    }

    private static async Task FinishAsync(Process process)
    {
        await process.WaitForExitAsync();
        ProcessTool.Check(process);
    }
}
