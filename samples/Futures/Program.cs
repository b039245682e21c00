// Which files of a folder are the same, and which would shrink? One job on every kind of executor:
//     dotnet run -c Release --project samples/Futures -- FOLDER
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Telar.Concurrent.Futures;

string folder = args is [var given] ? given : AppContext.BaseDirectory;
EnumerationOptions all = new() { RecurseSubdirectories = true };
string[] files = [.. Directory.EnumerateFiles(folder, "*", all).Take(200)];

Console.WriteLine($"{files.Length} files of {folder}");
FindTwins(files);
await using ProcessPoolExecutor pool = new();
Compress(pool, files);
await LookAroundAsync(pool, files);
await LoseWorkersAsync(pool);

// Threads, as these calls wait for the disk. Each file is told of when it is read; one that cannot be read is tried again.
static void FindTwins(string[] files)
{
    using ThreadPoolExecutor readers = new(maxWorkers: 8);
    CallOptions patient = new() { Retry = RetryPolicy.On<IOException>(attempts: 3) };
    Dictionary<Future<string>, string> fileOf = files.ToDictionary(file => readers.Submit(HashOf, file, patient));
    Dictionary<string, string> firstOf = [];
    foreach (Future<string> hash in Futures.AsCompleted(fileOf.Keys))
    {
        if (hash.Exception() is { } failure)
        {
            Console.WriteLine($"{fileOf[hash]} cannot be read: {failure.Message}");
        }
        else if (!firstOf.TryAdd(hash.Result(), fileOf[hash]))
        {
            Console.WriteLine($"{fileOf[hash]} is the same as {firstOf[hash.Result()]}");
        }
    }
}

// Processes, in the order of the files, a few at a time.
static void Compress(ProcessPoolExecutor pool, string[] files)
{
    Progress<MapProgress> progress = new(static map => Console.Error.Write($"\rcompressed {map.Done} of {map.Total} "));
    IEnumerable<int> sizes = pool.Map(CompressedSizeOf, files, new MapOptions { Progress = progress });
    (string file, int size) = files.Zip(sizes).MinBy(static pair => (double)pair.Second / Math.Max(1, new FileInfo(pair.First).Length));
    Console.WriteLine($"\n{file} shrinks most, to {size} bytes");
}

// Calls that belong together: the scope waits for both, and if one fails the other is cancelled.
static async Task LookAroundAsync(Executor executor, string[] files)
{
    Future<string?> largest, newest;
    await using (TaskGroup group = new(executor))
    {
        largest = group.Submit(() => files.MaxBy(static file => new FileInfo(file).Length));
        newest = group.Submit(() => files.MaxBy(File.GetLastWriteTimeUtc));
    }

    Console.WriteLine($"largest: {largest.Result()}\nnewest: {newest.Result()}");
}

// A worker that is killed takes one call with it, and no call that may run again.
static async Task LoseWorkersAsync(ProcessPoolExecutor pool)
{
    Future<int> lost = pool.Submit(DieAtFirst, new CallOptions { Name = "lost" });
    Future<int> saved = pool.Submit(DieAtFirst, new CallOptions { Name = "saved", Retries = 1 });
    Console.WriteLine((await lost.ExceptionAsync())?.Message);
    Console.WriteLine($"the other call was run again: attempt {await saved}");
}

static string HashOf(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

static int CompressedSizeOf(string file)
{
    byte[] data = File.ReadAllBytes(file);
    byte[] room = new byte[BrotliEncoder.GetMaxCompressedLength(data.Length)];
    return BrotliEncoder.TryCompress(data, room, out int size, quality: 3, window: 22) ? size : data.Length;
}

static int DieAtFirst()
{
    int attempt = TaskContext.Current!.Attempt; // not null: this runs in a call
    if (attempt == 1)
    {
        Process.GetCurrentProcess().Kill();
    }

    return attempt;
}
