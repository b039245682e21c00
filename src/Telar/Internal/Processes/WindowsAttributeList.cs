using System.Runtime.InteropServices;
using static Telar.Interop.Kernel32;

namespace Telar.Internal.Processes;

/// <summary>The list of handles that CreateProcess lets a child inherit; without it a child gets every inheritable handle here.</summary>
internal sealed unsafe class WindowsAttributeList : IDisposable
{
    private nint* _handles;

    /// <summary>Makes the list.</summary>
    /// <param name="handles">The handles, each once; at least one.</param>
    /// <exception cref="IOException">The system does not let us.</exception>
    internal WindowsAttributeList(IReadOnlyList<nint> handles)
    {
        nuint size = 0;
        _ = InitializeProcThreadAttributeList(0, 1, 0, ref size);
        Pointer = (nint)NativeMemory.Alloc(size);
        _handles = (nint*)NativeMemory.Alloc((nuint)handles.Count, (nuint)sizeof(nint));
        for (int i = 0; i < handles.Count; i++)
        {
            _handles[i] = handles[i];
        }

        bool isReady = InitializeProcThreadAttributeList(Pointer, 1, 0, ref size);
        if (!isReady || !UpdateProcThreadAttribute(
            Pointer, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, _handles, (nuint)(handles.Count * sizeof(nint)), 0, 0))
        {
            int error = Marshal.GetLastPInvokeError();
            Free(isReady);
            throw WindowsError.Exception(error, "Listing the handles that a child inherits failed");
        }
    }

    /// <summary>What STARTUPINFOEX points to.</summary>
    internal nint Pointer { get; private set; }

    /// <summary>Frees the list.</summary>
    public void Dispose() => Free(isReady: true);

    private void Free(bool isReady)
    {
        if (Pointer == 0)
        {
            return;
        }

        if (isReady)
        {
            DeleteProcThreadAttributeList(Pointer);
        }

        NativeMemory.Free((void*)Pointer);
        NativeMemory.Free(_handles);
        Pointer = 0;
        _handles = null;
    }
}
