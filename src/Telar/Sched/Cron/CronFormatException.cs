namespace Telar.Sched;

/// <summary>A text is no cron expression. The message says which field is wrong, where, and what it may be.</summary>
public sealed class CronFormatException : FormatException
{
    internal CronFormatException(string expression, string? field, int position, string problem)
        : base($"'{expression}' is no cron expression: {(field is null ? "" : $"field '{field}', ")}position {position + 1}: {problem}")
    {
        Expression = expression;
        Field = field;
        Position = position;
    }

    /// <summary>The text.</summary>
    public string Expression { get; }

    /// <summary>The name of the field that is wrong: <c>second</c>, <c>minute</c>, <c>hour</c>, <c>day of month</c>, <c>month</c> or
    /// <c>day of week</c>.</summary>
    /// <value><see langword="null"/> when the fault lies in no single field.</value>
    public string? Field { get; }

    /// <summary>Where in the text the fault is, from 0.</summary>
    public int Position { get; }
}
