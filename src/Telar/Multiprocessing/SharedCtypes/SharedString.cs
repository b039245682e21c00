using System.Text;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

// Locks
//   That of the array.
// Ownership
//   The text owns its array, and disposes it.

/// <summary>A text of limited length in shared memory, with a lock.</summary>
/// <remarks>
/// <para>Python: <c>multiprocessing.Array('c', ...)</c>, <c>multiprocessing.sharedctypes.SynchronizedString</c>, whose value is bytes; here it is text in UTF-8. Linux only so far.</para>
/// <para><b>Thread safety.</b> All members but <see cref="Dispose"/> may be used by any number of threads and processes at once.</para>
/// <para><b>Processes.</b> Captured by a call, or passed as its argument, it is the same text, with the same lock, in the worker.</para>
/// </remarks>
public sealed class SharedString : IDisposable, IHandleSendable<SharedString>
{
    private readonly Array<byte> _bytes;

    /// <summary>Makes an empty text.</summary>
    /// <param name="length">The bytes that it can have, above 0.</param>
    /// <param name="lock">The lock that guards it; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not above 0.</exception>
    /// <exception cref="IOException">There is no room. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public SharedString(int length, OwnedLock? @lock = null)
        : this(new Array<byte>(length, @lock))
    {
    }

    private SharedString(Array<byte> bytes) => _bytes = bytes;

    /// <summary>The bytes that it can have.</summary>
    public int Count => _bytes.Count;

    /// <summary>The text up to the first zero byte, read or written under the lock. Bytes that are no UTF-8 are read as U+FFFD.</summary>
    /// <exception cref="ArgumentException">The new text is too long. Nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The text is disposed.</exception>
    /// <remarks>Python: <c>SynchronizedString.value</c>.</remarks>
    public string Value
    {
        get
        {
            using (_bytes.Enter())
            {
                ReadOnlySpan<byte> all = _bytes.Span;
                int end = all.IndexOf((byte)0);
                string text = Encoding.UTF8.GetString(end < 0 ? all : all[..end]);
                GC.KeepAlive(this); // as RawArray does
                return text;
            }
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            if (bytes.Length > Count)
            {
                throw new ArgumentException($"The text has {bytes.Length} bytes in UTF-8, and there is room for {Count}.", nameof(value));
            }

            using (_bytes.Enter())
            {
                // What stood behind the new end stays, as in Python.
                bytes.CopyTo(_bytes.Span);
                if (bytes.Length < Count)
                {
                    _bytes.Span[bytes.Length] = 0;
                }

                GC.KeepAlive(this);
            }
        }
    }

    /// <summary>All bytes, copied under the lock; setting fewer leaves the rest as it is.</summary>
    /// <exception cref="ArgumentException">There are too many new bytes. Nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The text is disposed.</exception>
    /// <remarks>Python: <c>SynchronizedString.raw</c>.</remarks>
    public byte[] Raw
    {
        get => _bytes[..];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Length > Count)
            {
                throw new ArgumentException($"There is room for {Count} bytes, not for {value.Length}.", nameof(value));
            }

            _bytes[..value.Length] = value;
        }
    }

    /// <summary>The lock that guards the text.</summary>
    /// <returns>The one it was made with, or its own.</returns>
    public OwnedLock GetLock() => _bytes.GetLock();

    /// <summary>Takes the lock.</summary>
    /// <inheritdoc cref="Value{T}.Enter"/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => _bytes.Enter(timeout, cancellationToken);

    /// <summary>Stops using the text; the memory goes with its last user.</summary>
    public void Dispose() => _bytes.Dispose();

    /// <summary>The text.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public override string ToString() => Value;

    void IHandleSendable<SharedString>.WriteHandle(GraphEncoder encoder) => Slots.Of<Array<byte>>().Write(encoder, _bytes);

    static SharedString IHandleSendable<SharedString>.ReadHandle(GraphDecoder decoder) => new(Slots.Of<Array<byte>>().Read(decoder));
}
