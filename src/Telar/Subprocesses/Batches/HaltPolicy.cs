using System.Globalization;

namespace Telar.Subprocesses;

/// <summary>When a batch gives up before its commands are used up.</summary>
/// <remarks>
/// <code>
/// HaltPolicy.Soon(HaltOn.Failure)              // the first failure: start nothing more, let the running ones end
/// HaltPolicy.Now(HaltOn.Success)               // the first success: stop all others
/// HaltPolicy.SoonAtPercent(HaltOn.Failure, 10) // when one in ten fails
/// HaltPolicy.Parse("now,fail=3")               // the text form of GNU parallel's --halt
/// </code>
/// <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed record HaltPolicy
{
    private HaltPolicy()
    {
    }

    /// <summary>Runs all commands, whatever becomes of them.</summary>
    public static HaltPolicy Never { get; } = new();

    /// <summary>Which commands count.</summary>
    public HaltOn On { get; private init; }

    /// <summary>How many of them end the batch; null when a percentage does, or nothing.</summary>
    public int? Count { get; private init; }

    /// <summary>Which part of the ended commands ends the batch, above 0 and up to 100; null when a number does, or nothing.</summary>
    public double? Percent { get; private init; }

    /// <summary>How many commands must have ended before a percentage means anything.</summary>
    /// <value>1 or more; default 3.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MinimumEnded
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MinimumEnded));
            field = value;
        }
    } = 3;

    /// <summary>
    /// What happens then: true also stops the commands that run, by <see cref="PopenOptions.Stop"/>; false lets them end.
    /// </summary>
    public bool StopsRunning { get; private init; }

    /// <summary>Starts no more commands after so many; the running ones end in peace.</summary>
    /// <param name="on">Which commands count.</param>
    /// <param name="count">How many; 1 or more.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static HaltPolicy Soon(HaltOn on, int count = 1) => OfCount(on, count, stopsRunning: false);

    /// <summary>Starts no more commands after so many, and stops the running ones.</summary>
    /// <param name="on">Which commands count.</param>
    /// <param name="count">How many; 1 or more.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static HaltPolicy Now(HaltOn on, int count = 1) => OfCount(on, count, stopsRunning: true);

    /// <summary>Starts no more commands when so large a part of the ended ones counts; the running ones end in peace.</summary>
    /// <param name="on">Which commands count.</param>
    /// <param name="percent">The part of the ended commands in percent, above 0 and up to 100.</param>
    /// <returns>The policy; it looks only once <see cref="MinimumEnded"/> commands have ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percent"/> is not above 0 and up to 100.</exception>
    public static HaltPolicy SoonAtPercent(HaltOn on, double percent) => OfPercent(on, percent, stopsRunning: false);

    /// <summary>Starts no more commands when so large a part of the ended ones counts, and stops the running ones.</summary>
    /// <param name="on">Which commands count.</param>
    /// <param name="percent">The part of the ended commands in percent, above 0 and up to 100.</param>
    /// <returns>The policy; it looks only once <see cref="MinimumEnded"/> commands have ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percent"/> is not above 0 and up to 100.</exception>
    public static HaltPolicy NowAtPercent(HaltOn on, double percent) => OfPercent(on, percent, stopsRunning: true);

    /// <summary>Reads the text form: <c>never</c>, or <c>soon</c> or <c>now</c>, a comma, <c>fail</c>, <c>success</c> or <c>done</c>,
    /// <c>=</c>, and a number or a percentage: <c>now,fail=1</c>, <c>soon,fail=10%</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="FormatException">The text is something else; the message says what is expected.</exception>
    public static HaltPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "never")
        {
            return Never;
        }

        string[] parts = text.Split(',', '=');
        bool? stopsRunning = parts[0] switch { "now" => true, "soon" => false, _ => null };
        HaltOn? on = parts.ElementAtOrDefault(1) switch
        {
            "fail" => HaltOn.Failure,
            "success" => HaltOn.Success,
            "done" => HaltOn.End,
            _ => null,
        };
        if (parts.Length == 3 && stopsRunning is { } stops && on is { } counted)
        {
            string amount = parts[2];
            if (amount.EndsWith('%')
                && double.TryParse(amount.AsSpan(0, amount.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
                && percent is > 0 and <= 100)
            {
                return OfPercent(counted, percent, stops);
            }

            if (int.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
            {
                return OfCount(counted, count, stops);
            }
        }

        throw new FormatException(
            $"'{text}' is no halt policy. Expected is 'never', or something like 'now,fail=1' or 'soon,success=10%': "
            + "'now' or 'soon', then 'fail', 'success' or 'done', then a number from 1 or a percentage up to 100%.");
    }

    /// <summary>The text form, as <see cref="Parse"/> reads it.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        if (Count is null && Percent is null)
        {
            return "never";
        }

        string on = On switch { HaltOn.Failure => "fail", HaltOn.Success => "success", _ => "done" };
        return string.Create(
            CultureInfo.InvariantCulture, $"{(StopsRunning ? "now" : "soon")},{on}={(Percent is { } percent ? $"{percent:R}%" : $"{Count}")}");
    }

    /// <summary>Whether the batch halts.</summary>
    /// <param name="succeeded">How many commands succeeded.</param>
    /// <param name="failed">How many failed.</param>
    internal bool IsReached(int succeeded, int failed)
    {
        int ended = succeeded + failed;
        int counted = On switch { HaltOn.Failure => failed, HaltOn.Success => succeeded, _ => ended };
        return counted >= Count || (Percent is { } percent && ended >= MinimumEnded && counted * 100.0 >= percent * ended);
    }

    private static HaltPolicy OfCount(HaltOn on, int count, bool stopsRunning)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new HaltPolicy { On = on, Count = count, StopsRunning = stopsRunning };
    }

    private static HaltPolicy OfPercent(HaltOn on, double percent, bool stopsRunning)
    {
        if (percent is not (> 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percent), percent, "A percentage to halt at is above 0 and at most 100.");
        }

        return new HaltPolicy { On = on, Percent = percent, StopsRunning = stopsRunning };
    }
}
