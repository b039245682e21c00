namespace Census.Reports;

using System.Globalization;

/// <summary>Numbers and names as people read them.</summary>
internal static class Say
{
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Megabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB");

    public static string Seconds(TimeSpan time) => time.TotalSeconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:D2} s");

    public static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:N0} ms");

    public static string Percent(double part) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(part * 100):F0} %");

    public static string Share(TimeSpan part, TimeSpan whole) =>
        whole > TimeSpan.Zero ? Percent(part / whole) : "-";

    public static string Times(double factor) => string.Create(CultureInfo.InvariantCulture, $"{factor:F1} times");

    public static string Count(long count, string one, string many) => $"{Number(count)} {(count == 1 ? one : many)}";

    /// <summary>Names come from files: a damaged or hostile one must not send control codes to the terminal.</summary>
    public static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>Makes a name fit by leaving out its beginning: the end of a path or method says more.</summary>
    public static string Fit(string name, int width)
    {
        string clean = Clean(name);
        return clean.Length <= width ? clean : string.Concat("…", clean.AsSpan(clean.Length - Math.Max(width, 1) + 1));
    }
}
