using System.Globalization;

namespace Telar.Stress;

/// <summary>What one run, or several, came to.</summary>
internal readonly record struct KillTotals(long Kills, long Deaths, long Calls, long Succeeded, long Failed, long Retried, TimeSpan Time)
{
    public static KillTotals operator +(KillTotals left, KillTotals right) => new(
        left.Kills + right.Kills,
        left.Deaths + right.Deaths,
        left.Calls + right.Calls,
        left.Succeeded + right.Succeeded,
        left.Failed + right.Failed,
        left.Retried + right.Retried,
        left.Time + right.Time);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kills} kills, {Deaths} deaths, {Calls} calls, {Succeeded} succeeded, {Failed} failed, {Retried} retried, {Time.TotalSeconds:0.0} s");
}
