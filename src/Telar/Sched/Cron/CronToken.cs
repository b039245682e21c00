using System.Globalization;

namespace Telar.Sched;

/// <summary>A piece of a cron expression that knows where it stands in it.</summary>
internal readonly record struct CronToken(string Expression, int Start, int Length)
{
    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<char> Text => Expression.AsSpan(Start, Length);

    public char Last => IsEmpty ? '\0' : char.ToUpperInvariant(Text[^1]);

    public static List<CronToken> Words(string expression)
    {
        List<CronToken> words = [];
        int i = 0;
        while (i < expression.Length)
        {
            if (char.IsWhiteSpace(expression[i]))
            {
                i++;
                continue;
            }

            int start = i;
            while (i < expression.Length && !char.IsWhiteSpace(expression[i]))
            {
                i++;
            }

            words.Add(new CronToken(expression, start, i - start));
        }

        return words;
    }

    public bool Is(string text) => Text.Equals(text, StringComparison.OrdinalIgnoreCase);

    public bool TryReadNumber(out int number) => int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    public CronToken Slice(int start, int length) => new(Expression, Start + start, length);

    public CronToken WithoutLast() => Slice(0, Length - 1);

    public (CronToken Left, CronToken? Right) SplitAt(char separator)
    {
        int at = Text.IndexOf(separator);
        return at < 0 ? (this, null) : (Slice(0, at), Slice(at + 1, Length - at - 1));
    }

    public IEnumerable<CronToken> List()
    {
        CronToken? rest = this;
        while (rest is { } list)
        {
            (CronToken element, rest) = list.SplitAt(',');
            yield return element;
        }
    }

    public CronFormatException Error(string? field, string problem) => new(Expression, field, Start, problem);

    public override string ToString() => Text.ToString();
}
