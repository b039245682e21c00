using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;

namespace Telar.Multiprocessing.Workers;

/// <summary>The memory page that a worker and its parent share; it outlives the worker.</summary>
/// <remarks>Offset 0: the lease word (see <see cref="LeaseWord"/>). The rest is zero.</remarks>
// Ownership
//   The parent makes it before the worker starts and frees its mapping with the worker's record; the worker's goes with the worker.
internal sealed unsafe class WorkerPage : IDisposable
{
    public const int Size = 4096;

    private readonly SharedPage _memory;

    private WorkerPage(SharedPage memory) => _memory = memory;

    /// <summary>The lease word. Not to be touched after <see cref="Dispose"/>.</summary>
    public ref long Lease => ref *(long*)_memory.Pointer;

    /// <summary>The descriptor to hand to the worker.</summary>
    public SafeFileHandle Descriptor => _memory.Descriptor;

    public static WorkerPage Create() => new(SharedPage.Create(Size));

    public static WorkerPage Attach(SafeFileHandle descriptor) => new(SharedPage.Attach(descriptor, Size));

    public void Dispose() => _memory.Dispose();
}
