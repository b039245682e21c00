using System.Diagnostics;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Segments;

/// <summary>Another process that uses segments: it takes one order a line and answers with one line.</summary>
internal sealed class SegmentPeer : IAsyncDisposable
{
    private readonly Process _process;

    private SegmentPeer(Process process) => _process = process;

    internal int Id => _process.Id;

    /// <summary>One that runs this library.</summary>
    internal static SegmentPeer StartTelar() => Start(Children.Dummy, "segments");

    /// <summary>One that runs a CPython script.</summary>
    internal static SegmentPeer StartPython(string script) => Start(Python.Require(), "-u", "-c", script);

    internal async Task<string> AskAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order.AsMemory(), TestContext.Current.CancellationToken);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        return await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException($"The peer ended instead of answering to '{order}': {await _process.StandardError.ReadToEndAsync()}");
    }

    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lets it end in an orderly way.</summary>
    internal async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _process.StandardInput.DisposeAsync();
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    private static SegmentPeer Start(string program, params string[] arguments)
    {
        ProcessStartInfo info = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        return new SegmentPeer(Process.Start(info) ?? throw new InvalidOperationException($"'{program}' did not start."));
    }
}
