namespace Telar.Benchmarks;

using System.Diagnostics;

/// <summary>System.Diagnostics.Process, on the thread that calls.</summary>
internal sealed class ProcessTool : ITool
{
    public ValueTask SpawnAsync(string program)
    {
        using Process process = Start([program], output: false);
        Finish(process);
        return ValueTask.CompletedTask;
    }

    public ValueTask<long> CaptureAsync(string[] command)
    {
        using Process process = Start(command, error: true);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        errors.GetAwaiter().GetResult();
        Finish(process);
        return new(text.Length);
    }

    public ValueTask<long> BytesAsync(string[] command)
    {
        using Process process = Start(command);
        MemoryStream bytes = new();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        Finish(process);
        return new(bytes.Length);
    }

    public ValueTask<long> TextAsync(string[] command)
    {
        using Process process = Start(command);
        string text = process.StandardOutput.ReadToEnd();
        Finish(process);
        return new(text.Length);
    }

    public ValueTask PipelineAsync(string[] first, string[] second)
    {
        using Process writer = Start(first);
        using Process reader = Start(second, output: false, input: true);
        writer.StandardOutput.BaseStream.CopyTo(reader.StandardInput.BaseStream);
        reader.StandardInput.Close();
        Finish(writer);
        Finish(reader);
        return ValueTask.CompletedTask;
    }

    public ValueTask FeedAsync(string[] command, byte[] input)
    {
        using Process process = Start(command, output: false, input: true);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        Finish(process);
        return ValueTask.CompletedTask;
    }

    internal static Process Start(string[] command, bool output = true, bool error = false, bool input = false) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = output,
            RedirectStandardError = error,
            RedirectStandardInput = input,
        })!; // UseShellExecute is off, so there is a process or an exception.

    internal static void Check(Process process)
    {
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}.");
        }
    }

    private static void Finish(Process process)
    {
        process.WaitForExit();
        Check(process);
    }
}
