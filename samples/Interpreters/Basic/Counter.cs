/// <summary>State as programs had it before they had threads.</summary>
internal static class Counter
{
    public static int Value { get; private set; }

    public static int Add(int step) => Value += step;
}
