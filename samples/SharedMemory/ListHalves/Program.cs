// The example of Python's SharedMemoryManager: two processes work on one half of a list each. There, the manager frees the list; here it goes
// with its last user.
using Telar.Concurrent.Futures;
using Telar.Multiprocessing;

using ShareableList numbers = ShareableList.Create(Enumerable.Range(0, 2000).Cast<object?>());
await using ProcessPoolExecutor pool = new(2);

Task<long> first = pool.SubmitAsync(() => Sum(numbers, 0, 1000));
Task<long> second = pool.SubmitAsync(() => Sum(numbers, 1000, 2000));
Console.WriteLine($"{await first} + {await second} = {await first + await second}");

static long Sum(ShareableList list, int start, int end)
{
    long sum = 0;
    for (int i = start; i < end; i++)
    {
        sum += (long)(list[i] ?? 0L);
    }

    return sum;
}
