using System.Net;
using System.Net.Sockets;
using System.Text;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Executors;

/// <summary>The examples of Python's chapter on concurrent.futures; docs/reference/concurrent-futures.md shows them.</summary>
public sealed class ExampleSpecs : ProcessSpec
{
    private static readonly long[] s_numbers =
    [
        112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099, 1099726899285419,
    ];

    [Fact(Timeout = 120_000)]
    public async Task I_fetch_pages_with_threads_and_take_them_as_they_come()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        Task serving = ServeAsync(server, requests: 2);
        string here = $"http://{server.LocalEndpoint}";
        string[] urls = [$"{here}/short", $"{here}/a-long-one", "http://some-made-up-domain.invalid/"];
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        Dictionary<string, int> lengths = [];
        List<string> failed = [];

        using (ThreadPoolExecutor executor = new(maxWorkers: 5))
        {
            Dictionary<Future<byte[]>, string> urlOf = urls.ToDictionary(url => executor.Submit(token => client.GetByteArrayAsync(url, token)));
            foreach (Future<byte[]> page in Futures.AsCompleted(urlOf.Keys))
            {
                try
                {
                    lengths[urlOf[page]] = page.Result().Length;
                }
                catch (HttpRequestException)
                {
                    failed.Add(urlOf[page]);
                }
            }
        }

        await serving;
        Assert.Equal(["/short".Length, "/a-long-one".Length], [lengths[urls[0]], lengths[urls[1]]]);
        Assert.Equal(urls[2], Assert.Single(failed));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_primes_with_processes_in_the_order_of_the_numbers()
    {
        await using ProcessPoolExecutor executor = new();

        Assert.Equal([true, true, true, true, true, false], executor.Map(IsPrime, s_numbers));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_see_the_deadlock_of_calls_that_wait_for_calls_of_their_own_pool()
    {
        TimeSpan patience = TimeSpan.FromMilliseconds(100);
        await using ThreadPoolExecutor two = new(maxWorkers: 2);
        TaskCompletionSource<Future<int>> later = new();
        Future<int> first = two.Submit(() => later.Task.Result.Result(patience));
        later.SetResult(two.Submit(() => first.Result(patience)));
        await using ThreadPoolExecutor one = new(maxWorkers: 1);
        Future<int> outer = one.Submit(() => one.Submit(static () => 5).Result(patience));
        await using ThreadPoolExecutor elastic = new();
        Future<int> nested = elastic.Submit(() => elastic.Submit(static () => 5).Result());

        Assert.IsType<TimeoutException>(first.Exception());
        Assert.IsType<TimeoutException>(outer.Exception());
        Assert.Equal(5, await nested);
    }

    private static bool IsPrime(long number)
    {
        if (number < 2 || (number % 2 == 0 && number != 2))
        {
            return false;
        }

        long root = (long)Math.Sqrt(number);
        for (long divisor = 3; divisor <= root; divisor += 2)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }

    // Answers each request with its path.
    private static async Task ServeAsync(TcpListener server, int requests)
    {
        for (int i = 0; i < requests; i++)
        {
            using TcpClient client = await server.AcceptTcpClientAsync(Token);
            using StreamReader reader = new(client.GetStream(), leaveOpen: true);
            string path = (await reader.ReadLineAsync(Token))!.Split(' ')[1];
            while (await reader.ReadLineAsync(Token) is { Length: > 0 })
            {
            }

            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {path.Length}\r\nConnection: close\r\n\r\n{path}"), Token);
        }
    }
}
