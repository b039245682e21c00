using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;

namespace Telar.Multiprocessing.Workers;

/// <summary>The memory page that a worker and its parent share; it outlives the worker.</summary>
/// <remarks>Offset 0: the lease word (see <see cref="LeaseWord"/>). The rest is zero.</remarks>
// Ownership
//   The parent makes it before the worker starts and frees its mapping with the worker's record; the worker's goes with the worker.
internal sealed class WorkerPage : IDisposable
{
    public const int Size = 4096;

    private readonly SharedPage _memory;

    private WorkerPage(SharedPage memory) => _memory = memory;

    /// <summary>The lease word. Not to be touched after <see cref="Dispose"/>.</summary>
    public ref long Lease => ref _memory.Word(0);

    /// <param name="descriptor">To hand to the worker and close.</param>
    public static WorkerPage Create(out SafeFileHandle descriptor) => new(SharedPage.Create(Size, out descriptor));

    public static WorkerPage Attach(SafeFileHandle descriptor)
    {
        using (descriptor)
        {
            return new WorkerPage(SharedPage.Attach(descriptor, Size));
        }
    }

    public void Dispose() => _memory.Dispose();
}
