using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>What is dear to make is made once a worker.</summary>
public sealed class WorkerLocalSpecs : ProcessSpec
{
    private static readonly WorkerLocal<Model> s_model = new(static () => new Model());

    [Fact(Timeout = 120_000)]
    public async Task I_can_load_a_model_once_a_worker_and_use_it_in_every_call()
    {
        await using ProcessPoolExecutor pool = new(2);

        List<(int Process, int Loaded)> seen = [.. pool.Map(static _ => (Environment.ProcessId, s_model.Value.Number), Enumerable.Range(0, 200))];

        Assert.All(seen, static call => Assert.Equal(1, call.Loaded));
        Assert.DoesNotContain(seen, static call => call.Process == Environment.ProcessId);
        Assert.False(s_model.IsValueCreated);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_capture_it_and_a_fresh_worker_makes_its_own()
    {
        await using ProcessPoolExecutor pool = new(1);
        string name = "captured";
        WorkerLocal<string> local = new(() => $"{name} in {Environment.ProcessId}");

        string first = await pool.Submit(() => local.Value);
        bool isKept = await pool.Submit(() => local.IsValueCreated);
        _ = await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(static () => Environment.Exit(3)));
        bool isThere = await pool.Submit(() => local.IsValueCreated);
        string second = await pool.Submit(() => local.Value);

        Assert.True(isKept);
        Assert.False(isThere);
        Assert.StartsWith("captured in ", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_have_it_disposed_when_the_worker_ends_the_last_made_first()
    {
        using TemporaryFile log = new();
        await using (ProcessPoolExecutor pool = new(1))
        {
            WorkerLocal<Logged> first = new(() => new Logged(log.Path, "first"));
            WorkerLocal<LoggedAsync> second = new(() => new LoggedAsync(log.Path, "second"));
            WorkerLocal<Logged> broken = new(() => new Logged(log.Path, null));
            await pool.Submit(() => { _ = (first.Value, second.Value, broken.Value); });
            Assert.Equal("", log.Text);
        }

        Assert.Equal("second first ", log.Text);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_what_the_factory_throws_and_the_next_call_tries_again()
    {
        await using ProcessPoolExecutor pool = new(1);
        using TemporaryFile file = new();
        WorkerLocal<string> local = new(() => File.ReadAllText(file.Path));

        await Assert.ThrowsAsync<FileNotFoundException>(() => pool.SubmitAsync(() => local.Value));
        await File.WriteAllTextAsync(file.Path, "there", Token);

        Assert.Equal("there", await pool.Submit(() => local.Value));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_cannot_ask_for_the_value_while_I_make_it()
    {
        await using ProcessPoolExecutor pool = new(1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.SubmitAsync(static () => Recursive.Value.Value));
    }

    private static class Recursive
    {
        public static readonly WorkerLocal<int> Value = new(static () => Value!.Value + 1);
    }

    private sealed class Model
    {
        private static int s_loaded;

        public int Number { get; } = Interlocked.Increment(ref s_loaded);
    }

    private sealed class Logged(string file, string? name) : IDisposable
    {
        public void Dispose() => File.AppendAllText(file, (name ?? throw new InvalidOperationException("It cannot be disposed of.")) + " ");
    }

    private sealed class LoggedAsync(string file, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await File.AppendAllTextAsync(file, name + " ");
    }
}
