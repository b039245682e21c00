using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class OneTypeAFileTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(
        OneTypeAFile.Text, OneTypeAFile.Check(Repository.Files.Where(file => file.IsCSharp)));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("src/Telar/Queues/Queue.cs", "namespace Q; class Queue { } enum Order { Fifo }", "'Order' needs a file of its own")]
    [InlineData("src/Telar/Queues/Queue.cs", "namespace Q; class Queue { } delegate void Put();", "'Put' needs a file of its own")]
    [InlineData("src/Telar/Queues/Queue.cs", "namespace Q; class Queues { }", "rename the file to Queues.cs")]
    [InlineData("tests/Telar.Tests/QueueTests.cs", "namespace Q; class Queues { }", "rename the file to Queues.cs")]
    [InlineData("samples/Primes/Program.cs", "return 0; class Prime { }", "'Prime' stands below top-level statements")]
    public void A_type_that_its_file_does_not_name_is_red(string path, string text, string expected) =>
        HouseRule.AssertRed(expected, OneTypeAFile.Check([new SourceFile(path, text)]));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("src/Telar/Queues/Queue.Put.cs", "namespace Q; partial class Queue { class Node { } }")]
    [InlineData("src/Telar/Queues/Queue.cs", "namespace Q; class Queue { } class Queue<T> { } file class Helper { }")]
    [InlineData("src/Telar/AssemblyInfo.cs", "[assembly: System.CLSCompliant(true)]")]
    [InlineData("samples/Primes/Program.cs", "return 0;")]
    [InlineData("tests/Telar.Tests/QueueTests.cs", "namespace Q; class QueueTests { } record Order(int Id);")]
    public void A_type_that_its_file_names_is_green(string path, string text) =>
        Assert.Empty(OneTypeAFile.Check([new SourceFile(path, text)]));
}
