using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class AsyncTwinsTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(AsyncTwins.Text, Compilations.AllShipped.SelectMany(AsyncTwins.Check));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("public Task PutAsync() => null!;", "nobody can stop this wait")]
    [InlineData("public Task PutAsync(CancellationToken token = default) => null!;", "Make it the last one")]
    [InlineData("public Task PutAsync(CancellationToken cancellationToken) => null!;", "Make it the last one")]
    [InlineData("public Task PutAsync(CancellationToken cancellationToken = default, int n = 0) => null!;", "parameter 1 of 2")]
    [InlineData("public void Put(CancellationToken stop = default) { }", "Make it the last one")]
    [InlineData("public int PutAsync(CancellationToken cancellationToken = default) => 0;", "nothing that can be awaited")]
    [InlineData("public Task Put(CancellationToken cancellationToken = default) => null!;", "returns a task but is not called Async")]
    [InlineData("public void Set(int timeoutMilliseconds) { }", "Take a TimeSpan")]
    [InlineData("public bool Join(TimeSpan timeout) => true;", "has no JoinAsync")]
    public void A_member_that_waits_in_its_own_way_is_red(string member, string expected) =>
        HouseRule.AssertRed(expected, Check($"public sealed class Q {{ {member} }}"));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_method_of_the_table_without_its_twin_is_red() => HouseRule.AssertRed(
        "blocks, and Executor has no ShutdownAsync",
        Check("namespace Telar.Concurrent.Futures; public abstract class Executor { public void Shutdown() { } }"));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("""
        public bool Join(TimeSpan timeout) => true;
        public Task<bool> JoinAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => null!;
        """)]
    [InlineData("public async IAsyncEnumerable<int> GetAsync(CancellationToken cancellationToken = default) { await Task.Yield(); yield return 1; }")]
    [InlineData("public Task AsTask() => null!;")]
    [InlineData("internal Task PutAsync() => null!; private void Put(int timeout) { }")]
    public void A_member_that_waits_as_all_do_is_green(string member) => Assert.Empty(Check($"public sealed class Q {{ {member} }}"));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_shape_that_the_platform_dictates_is_green() => Assert.Empty(Check("""
        public sealed class Q : Stream, IAsyncEnumerable<int>
        {
            public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken token) => null!;
            public override ValueTask DisposeAsync() => default;
            public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken token = default) => null!;
            public override bool CanRead => true;
            public override bool CanSeek => true;
            public override bool CanWrite => true;
            public override long Length => 0;
            public override long Position { get; set; }
            public override void Flush() { }
            public override int Read(byte[] buffer, int offset, int count) => 0;
            public override long Seek(long offset, SeekOrigin origin) => 0;
            public override void SetLength(long value) { }
            public override void Write(byte[] buffer, int offset, int count) { }
        }
        """));

    private static Violation[] Check(string source) => [.. AsyncTwins.Check(Compilations.Snippet(source))];
}
