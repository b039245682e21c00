using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

public class HaltPolicyTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("never")]
    [InlineData("now,fail=1")]
    [InlineData("soon,fail=30%")]
    [InlineData("soon,success=2.5%")]
    [InlineData("now,done=100")]
    public void Parse_OfWhatToStringWrites_IsTheSame(string text)
    {
        HaltPolicy policy = HaltPolicy.Parse(text);

        Assert.Equal(text, policy.ToString());
        Assert.Equal(policy, HaltPolicy.Parse(policy.ToString()));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("later,fail=1")]
    [InlineData("now,fail")]
    [InlineData("now,fail=0")]
    [InlineData("now,fail=-1")]
    [InlineData("now,fail=101%")]
    [InlineData("now,fail=%")]
    [InlineData("now,fail=1,2")]
    public void Parse_OfSomethingElse_SaysWhatIsExpected(string text) =>
        Assert.Contains("'now,fail=1'", Assert.Throws<FormatException>(() => HaltPolicy.Parse(text)).Message, StringComparison.Ordinal);

    [Fact(Timeout = 120_000)]
    public void Factories_RefuseWhatMeansNothing()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => HaltPolicy.Now(HaltOn.Failure, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HaltPolicy.SoonAtPercent(HaltOn.Failure, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HaltPolicy.SoonAtPercent(HaltOn.Failure, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => HaltPolicy.Never with { MinimumEnded = 0 });
    }
}
