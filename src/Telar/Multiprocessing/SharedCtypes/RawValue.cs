using System.Runtime.CompilerServices;
using Telar.Serialization;

namespace Telar.Multiprocessing;

// Ownership
//   The value owns its memory, and disposes it. Members keep it from the collector until they are done with the memory: the last use of a
//   value may be a call of one.

/// <summary>A number or struct in shared memory, without a lock.</summary>
/// <typeparam name="T">The type of the value. Pointers in it mean nothing in another process.</typeparam>
/// <remarks>
/// <para>Python: <c>multiprocessing.RawValue</c>, <c>multiprocessing.sharedctypes.RawValue</c>. Linux only so far.</para>
/// <para>
/// <b>Thread safety.</b> That of memory: reading and writing up to eight bytes is one step; <c>value.Value += 1</c> is two, so use
/// <c>Interlocked.Increment(ref value.Ref)</c> or <see cref="Value{T}"/>. Nobody may use the value while another thread disposes it.
/// </para>
/// <para><b>Processes.</b> Captured by a call, or passed as its argument, it is the same value in the worker; see <see cref="Telar.Multiprocessing.SharedMemory"/>.</para>
/// </remarks>
public sealed class RawValue<T> : IDisposable, IHandleSendable<RawValue<T>>
    where T : unmanaged
{
    /// <summary>Makes a value.</summary>
    /// <param name="initial">What it is at first.</param>
    /// <exception cref="IOException">There is no room. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public RawValue(T initial = default)
        : this(SharedMemory.Create(Unsafe.SizeOf<T>())) => Value = initial;

    private RawValue(SharedMemory memory) => SharedMemory = memory;

    /// <summary>The memory that holds the value.</summary>
    public SharedMemory SharedMemory { get; }

    /// <summary>The value in place, for <see cref="Interlocked"/>, <see cref="Volatile"/> and the fields of a struct.</summary>
    /// <value>Keep this object alive and undisposed while you use it.</value>
    /// <exception cref="ObjectDisposedException">The value is disposed.</exception>
    public ref T Ref => ref SharedMemory.AsSpan<T>()[0];

    /// <summary>The value, copied.</summary>
    /// <exception cref="ObjectDisposedException">The value is disposed.</exception>
    /// <remarks>Python: <c>value.value</c>.</remarks>
    public T Value
    {
        get
        {
            T value = Ref;
            GC.KeepAlive(this);
            return value;
        }

        set
        {
            Ref = value;
            GC.KeepAlive(this);
        }
    }

    /// <summary>Stops using the value; the memory goes with its last user.</summary>
    public void Dispose() => SharedMemory.Dispose();

    /// <summary>The type and the name of the memory.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => $"RawValue<{typeof(T).Name}>(name='{SharedMemory.Name}')";

    void IHandleSendable<RawValue<T>>.WriteHandle(GraphEncoder encoder) => SharedMemory.WriteHandle(encoder);

    static RawValue<T> IHandleSendable<RawValue<T>>.ReadHandle(GraphDecoder decoder)
    {
        SharedMemory memory = SharedMemory.ReadHandle(decoder);
        if (memory.Size == Unsafe.SizeOf<T>())
        {
            return new RawValue<T>(memory);
        }

        memory.Dispose();
        throw new InvalidDataException($"Shared memory '{memory.Name}' of {memory.Size} bytes is no {typeof(T)}.");
    }
}
