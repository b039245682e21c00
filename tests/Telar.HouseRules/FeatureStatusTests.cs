using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class FeatureStatusTests
{
    private const string Header = "id\tstatus\ttest\n";

    private static readonly SourceFile s_features = new("docs/features.txt", "# Every feature.\nqueue.Queue\nqueue.Queue.put\n");

    private static readonly SourceFile s_tests = new("tests/Telar.Tests/QueueTests.cs", """
        abstract class QueueContract { [Fact] public void Put_blocks() { } public void Helper() { } }
        sealed class QueueTests : QueueContract { [Theory] public void Get_blocks() { } }
        """);

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys()
    {
        SourceFile Page(string path) => Repository.Files.Single(file => file.Path == path);

        HouseRule.AssertObeyed(
            FeatureStatus.Text, FeatureStatus.Check(Page("docs/status.tsv"), Page("docs/features.txt"), Repository.Sources("tests")));
    }

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("queue.Queue\tdone\tQueueTests.Get_blocks\n", "no row for 'queue.Queue.put'")]
    [InlineData("queue.Queue\tplanned\t\nqueue.Queue\tplanned\t\nqueue.Queue.put\tplanned\t\n", "a second row for 'queue.Queue'")]
    [InlineData("queue.Queue\tplanned\t\nqueue.Queue.put\tplanned\t\nqueue.get\tplanned\t\n", "'queue.get' is no id")]
    [InlineData("queue.Queue\tplanned\t\nqueue.Queue.put\tfinished\t\n", "'finished' is no status")]
    [InlineData("queue.Queue\tplanned\t\nqueue.Queue.put\tdone\t\n", "is done, but no test says so")]
    [InlineData("queue.Queue\tplanned\t\nqueue.Queue.put\tdone\tQueueTests.Put\n", "names the test 'QueueTests.Put', which is not there")]
    [InlineData("queue.Queue\tplanned\t\nqueue.Queue.put\tpartial\tQueueTests.Helper\n", "'QueueTests.Helper', which is not there")]
    [InlineData("queue.Queue\tplanned\t\nqueue.Queue.put\tplanned\tQueueTests.Get_blocks\n", "is planned, so no test can show it")]
    public void A_status_that_is_not_so_is_red(string rows, string expected) => HouseRule.AssertRed(expected, Check(Header + rows));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_table_without_its_header_is_red() => Assert.Contains(
        Check("id\tstatus\n" + "queue.Queue\tplanned\t\nqueue.Queue.put\tplanned\t\n"),
        violation => violation.Message.Contains("the first line", StringComparison.Ordinal));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_row_with_a_missing_column_is_red() => Assert.Contains(
        Check(Header + "queue.Queue\tplanned\nqueue.Queue.put\tplanned\t\n"),
        violation => violation.ToString().StartsWith("docs/status.tsv:2: 2 columns", StringComparison.Ordinal));

    [Fact(Timeout = HouseRule.Timeout)]
    public void Own_and_inherited_tests_are_green() => Assert.Empty(
        Check(Header + "queue.Queue\tdone\tQueueTests.Get_blocks QueueTests.Put_blocks\nqueue.Queue.put\tpartial\tQueueContract.Put_blocks\n"));

    private static Violation[] Check(string status) =>
        [.. FeatureStatus.Check(new SourceFile("docs/status.tsv", status), s_features, [s_tests])];
}
