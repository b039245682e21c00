// The low level example of Python's multiprocessing.shared_memory: make a block, open it by its name, write here, read there, let it go.
using System.Text;
using Telar.Multiprocessing;

using SharedMemory one = SharedMemory.Create(size: 10);
one.Span[0] = 22; // one byte
new byte[] { 33, 44, 55, 66 }.CopyTo(one.Span[1..5]); // several at once

// In this or any other process: only the name is needed. In Python: SharedMemory(name, track=False).
using (SharedMemory other = SharedMemory.Open(one.Name))
{
    Console.WriteLine($"{other}: {string.Join(' ', other.Span[..5].ToArray())}");
    "howdy"u8.CopyTo(other.Span);
}

Console.WriteLine(Encoding.ASCII.GetString(one.Span[..5]));

// No unlink: the block goes with its last user, which is `one`.
