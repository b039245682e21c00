// The NumPy example of Python's multiprocessing.shared_memory: an array of numbers in a block, changed by another process.
// With a script as argument, `dotnet run -- tensor.py`, that process is CPython with NumPy; otherwise it is a worker of a pool.
using System.Diagnostics;
using Telar.Concurrent.Futures;
using Telar.Multiprocessing;

long[] numbers = [1, 1, 2, 3, 5, 8];
using SharedMemory memory = SharedMemory.Create(numbers.Length * sizeof(long));
numbers.CopyTo(memory.AsSpan<long>());

if (args is [string script])
{
    using Process python = Process.Start("python3", [script, memory.Name]);
    await python.WaitForExitAsync();
}
else
{
    await using ProcessPoolExecutor pool = new(1);
    await pool.Submit(() => memory.AsSpan<long>()[^1] = 888); // the lambda takes a handle along, not the numbers
}

Console.WriteLine(string.Join(' ', memory.AsSpan<long>().ToArray()));
