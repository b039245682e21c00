using System.Text;
using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

public sealed class BatchOutputTests : IDisposable
{
    private readonly MemoryStream _stdout = new();
    private readonly MemoryStream _stderr = new();
    private readonly FakeRunner _runner = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stdout.Dispose();
        _stderr.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Stdout_ByJobInOrder_IsThatOfTheList()
    {
        Task<BatchReport> batch = Batch.RunAsync(
            BatchTests.Commands(3), new BatchOptions { Jobs = 3, Runner = _runner, Stdout = _stdout, KeepOrder = true }, Token);
        FakeRun[] runs = [await _runner.NextAsync(), await _runner.NextAsync(), await _runner.NextAsync()];
        foreach (FakeRun run in runs.OrderByDescending(run => run.Command[0], StringComparer.Ordinal))
        {
            run.Succeed($"{run.Command[0]}a\n{run.Command[0]}b\n");
        }

        _ = await batch;

        Assert.Equal("1a\n1b\n2a\n2b\n3a\n3b\n", Text(_stdout));
    }

    [Fact(Timeout = 120_000)]
    public async Task Tag_StandsBeforeEachLine()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command, 0, "a\nb", "c\n") };

        _ = await Batch.RunAsync(
            BatchTests.Commands(1),
            new BatchOptions { Runner = runner, Stdout = _stdout, Stderr = _stderr, Tag = (seq, command) => $"{seq}/{command}\t" },
            Token);

        Assert.Equal("1/1\ta\n1/1\tb\n", Text(_stdout));
        Assert.Equal("1/1\tc\n", Text(_stderr));
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
