namespace Telar.Benchmarks;

using System.IO.MemoryMappedFiles;
using Telar.Multiprocessing;

/// <summary>Blocks of memory that processes share.</summary>
internal static class SharedMemoryFigures
{
    private const int Size = 4096;
    private const int Blocks = 2_000;
    private const int Items = 200_000;
    private const int PythonBlocks = 500;
    private const int PythonItems = 20_000;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("shared memory of 4 KiB: make and dispose", "ns", 9,
            new("Telar SharedMemory", static _ => LoopSide.Loop(Blocks, Create)),
            new("MemoryMappedFile without a name", static _ => LoopSide.Loop(Blocks, CreateMapped), Target.None),
            Contender.Python("shared_create", PythonBlocks, Target.FasterAtLeast(1))),
        new("shared memory of 4 KiB: open and dispose", "ns", 9,
            new("Telar SharedMemory", static _ => Open()),
            Contender.Python("shared_open", PythonBlocks, Target.FasterAtLeast(1))),
        new("list in shared memory: get an integer", "ns", 9,
            new("Telar ShareableList", static _ => Get()),
            Contender.Python("shareable_get", PythonItems, Target.FasterAtLeast(5))),
        new("list in shared memory: set an integer", "ns", 9,
            new("Telar ShareableList", static _ => Set()),
            Contender.Python("shareable_set", PythonItems, Target.FasterAtLeast(5))),
    ];

    private static void Create(int count)
    {
        for (int i = 0; i < count; i++)
        {
            SharedMemory.Create(Size).Dispose();
        }
    }

    private static void CreateMapped(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using MemoryMappedFile file = MemoryMappedFile.CreateNew(null, Size);
            using MemoryMappedViewAccessor view = file.CreateViewAccessor();
        }
    }

    private static Task<ISide> Open()
    {
        SharedMemory memory = SharedMemory.Create(Size);
        return LoopSide.Loop(
            Blocks,
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    SharedMemory.Open(memory.Name).Dispose();
                }
            },
            memory);
    }

    private static Task<ISide> Get()
    {
        ShareableList list = ShareableList.Create([1, 2, 3]);
        return LoopSide.Loop(
            Items,
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = list[1];
                }
            },
            list);
    }

    private static Task<ISide> Set()
    {
        ShareableList list = ShareableList.Create([1, 2, 3]);
        return LoopSide.Loop(
            Items,
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    list[1] = i;
                }
            },
            list);
    }
}
