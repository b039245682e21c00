namespace Guarantees;

using Telar.Concurrent.Futures;

/// <summary>A call throws an exception whose constructor wants two arguments.</summary>
internal static class G03
{
    public static async Task<Finding> TelarAsync()
    {
        await using ProcessPoolExecutor pool = new(1);
        Future<int> odd = pool.Submit(int () => throw new OddException(3, "left"));
        Future<int>[] innocent = [.. Enumerable.Range(0, 4).Select(n => pool.Submit(() => n))];

        Exception? caught = await odd.ExceptionAsync();
        int finished = (await Task.WhenAll(innocent.Select(call => call.AsTask()))).Length;
        return new Finding(
            caught is OddException { Code: 3, Side: "left" } && finished == 4,
            $"arrived as {caught?.GetType().Name} ('{caught?.Message}') with its properties; {finished} of 4 other calls finished");
    }

    private sealed class OddException(int code, string side) : Exception($"{code} on the {side}")
    {
        public int Code { get; } = code;

        public string Side { get; } = side;
    }
}
