using Telar.Concurrent.Futures;

/// <summary>Uses up the descriptors of this process and says what a pool then says.</summary>
internal static class Descriptors
{
    private const int Big = 256 * 1024;

    public static async Task<int> RunAsync()
    {
        // What the runtime opens once and keeps is opened now.
        await using (ProcessPoolExecutor first = new(1))
        {
            await first.Submit(static () => new byte[Big].Length);
            await first.Submit(static () => new byte[Big]);
        }

        int before = Count();
        List<FileStream> hoard = Hoard();
        Say("start", await TryAsync(async () =>
        {
            await using ProcessPoolExecutor pool = new(1);
            return await pool.Submit(static () => 1);
        }, hoard));

        await using (ProcessPoolExecutor pool = new(1))
        {
            await pool.Submit(static () => 1);
            hoard = Hoard();
            byte[] argument = new byte[Big];
            Say("argument", await TryAsync(async () => await pool.Submit(() => argument.Length), hoard));
            hoard = Hoard();
            Say("result", await TryAsync(async () => (await pool.Submit(static () => new byte[Big])).Length, hoard));
            Say("again", await TryAsync(async () => (await pool.Submit(static () => new byte[Big])).Length, []));
        }

        for (int i = 0; i < 100 && Count() > before; i++)
        {
            await Task.Delay(20);
        }

        Console.WriteLine($"leaked {Math.Max(0, Count() - before)}");
        return 0;
    }

    private static async Task<string> TryAsync(Func<Task<int>> action, List<FileStream> hoard)
    {
        try
        {
            return (await action()).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
        finally
        {
            hoard.ForEach(static file => file.Dispose());
        }
    }

    private static void Say(string what, string text) => Console.WriteLine($"{what} {text.ReplaceLineEndings(" ")}");

    private static List<FileStream> Hoard()
    {
        List<FileStream> files = [];
        try
        {
            while (true)
            {
                files.Add(File.OpenRead("/dev/null"));
            }
        }
        catch (IOException)
        {
            return files;
        }
    }

    private static int Count() => Directory.GetFiles("/proc/self/fd").Length;
}
