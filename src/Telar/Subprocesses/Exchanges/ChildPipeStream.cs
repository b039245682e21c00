using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;

namespace Telar.Subprocesses.Exchanges;

// Invariants
//   I1  At most one read and one write wait for the descriptor; each has its place (_reader, _writer) as long as it waits.
//   I2  While anybody waits, the watcher is armed for what they wait for: a wait arms it, and an event, which disarms it,
//       arms it again for whoever goes on waiting.
//   I3  A waiter is completed by exactly one of: the event, its cancellation, Dispose.
// Locks
//   _gate guards the fields below it. The watcher's lock is taken under it, and no continuation runs under it.
// Ownership
//   The stream owns its handle. The watcher refers to the stream from the first wait to Dispose.

/// <summary>This process's end of a pipe to or from a child, or of its terminal, on Linux.</summary>
/// <remarks>
/// A wait takes no thread but that of a synchronous caller. Reads and writes are not buffered. The descriptor becomes
/// non-blocking with the first asynchronous call. <b>Thread safety.</b> One read and one write at a time; Dispose at any time.
/// </remarks>
internal sealed class ChildPipeStream : Stream, IWatchedDescriptor
{
    private readonly SafeFileHandle _handle;
    private readonly FileAccess _access;
    private readonly string _name;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;
    private ulong _watchKey;
    private bool _isNonBlocking;
    private bool _disposed;

    /// <summary>Takes over a descriptor.</summary>
    /// <param name="handle">The descriptor.</param>
    /// <param name="access">What it is for.</param>
    /// <param name="name">Its name in messages: <c>standard input of child 4711</c>.</param>
    internal ChildPipeStream(SafeFileHandle handle, FileAccess access, string name)
    {
        _handle = handle;
        _access = access;
        _name = name;
    }

    /// <summary>The descriptor.</summary>
    internal SafeFileHandle Handle => _handle;

    public override bool CanRead => !_handle.IsClosed && _access != FileAccess.Write;

    public override bool CanWrite => !_handle.IsClosed && _access != FileAccess.Read;

    public override bool CanSeek => false;

    public override long Length => throw NoSeeking();

    public override long Position
    {
        get => throw NoSeeking();
        set => throw NoSeeking();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override int Read(Span<byte> buffer)
    {
        Require(_access != FileAccess.Write, "read from");
        while (true)
        {
            int count = PipeIO.TryRead(_handle, buffer, _name);
            if (count >= 0)
            {
                return count;
            }

            WaitHere(Interop.Libc.POLLIN);
        }
    }

    public override int ReadByte()
    {
        byte value = 0;
        return Read(new Span<byte>(ref value)) == 0 ? -1 : value;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Require(_access != FileAccess.Write, "read from");
        EnsureNonBlocking();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = PipeIO.TryRead(_handle, buffer.Span, _name);
            if (count >= 0)
            {
                return count;
            }

            await WaitAsync(isWrite: false, cancellationToken).ConfigureAwait(false);
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Require(_access != FileAccess.Read, "written to");
        while (!buffer.IsEmpty)
        {
            int count = PipeIO.TryWrite(_handle, buffer, _name);
            if (count < 0)
            {
                WaitHere(Interop.Libc.POLLOUT);
            }
            else
            {
                buffer = buffer[count..];
            }
        }
    }

    public override void WriteByte(byte value) => Write([value]);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[await WriteSomeAsync(buffer, cancellationToken).ConfigureAwait(false)..];
        }
    }

    /// <summary>Writes what fits, waiting for room for the first byte. A call that is cancelled has written nothing.</summary>
    /// <param name="buffer">What to write; not empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The number of bytes, above zero.</returns>
    internal async ValueTask<int> WriteSomeAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        Require(_access != FileAccess.Read, "written to");
        EnsureNonBlocking();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = PipeIO.TryWrite(_handle, buffer.Span, _name);
            if (count >= 0)
            {
                return count;
            }

            await WaitAsync(isWrite: true, cancellationToken).ConfigureAwait(false);
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw NoSeeking();

    public override void SetLength(long value) => throw NoSeeking();

    bool IWatchedDescriptor.OnReady(uint events)
    {
        const uint End = Interop.Libc.EPOLLERR | Interop.Libc.EPOLLHUP;
        TaskCompletionSource? reader = null;
        TaskCompletionSource? writer = null;
        lock (_gate)
        {
            if ((events & (Interop.Libc.EPOLLIN | End)) != 0)
            {
                (reader, _reader) = (_reader, null);
            }

            if ((events & (Interop.Libc.EPOLLOUT | End)) != 0)
            {
                (writer, _writer) = (_writer, null);
            }

            if (!_disposed && (_reader ?? _writer) is not null)
            {
                Arm_NeedsLock();
            }
        }

        _ = reader?.TrySetResult();
        _ = writer?.TrySetResult();
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        TaskCompletionSource? reader;
        TaskCompletionSource? writer;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            (reader, writer, _reader, _writer) = (_reader, _writer, null, null);
            if (_watchKey != 0)
            {
                DescriptorWatcher.Instance.Remove(_handle, _watchKey);
            }
        }

        _handle.Dispose();
        _ = reader?.TrySetException(new ObjectDisposedException(_name));
        _ = writer?.TrySetException(new ObjectDisposedException(_name));
        base.Dispose(disposing);
    }

    private async ValueTask WaitAsync(bool isWrite, CancellationToken cancellationToken)
    {
        // Asynchronous continuations: the thread that completes it watches the pipes of all children.
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ref TaskCompletionSource? place = ref isWrite ? ref _writer : ref _reader;
            if (place is not null)
            {
                throw new InvalidOperationException(
                    $"Another {(isWrite ? "write to" : "read from")} {_name} is still under way: one at a time.");
            }

            place = waiter;
            if (_watchKey == 0)
            {
                _watchKey = DescriptorWatcher.Instance.Add(_handle, Interop.Libc.EPOLLONESHOT, this);
            }

            Arm_NeedsLock();
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter); // ! given in the next argument
        try
        {
            await waiter.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                ref TaskCompletionSource? place = ref isWrite ? ref _writer : ref _reader;
                if (ReferenceEquals(place, waiter))
                {
                    place = null;
                }
            }
        }
    }

    private void Arm_NeedsLock() => DescriptorWatcher.Instance.Arm(
        _handle,
        _watchKey,
        (_reader is null ? 0 : Interop.Libc.EPOLLIN) | (_writer is null ? 0 : Interop.Libc.EPOLLOUT));

    private void EnsureNonBlocking()
    {
        if (!_isNonBlocking)
        {
            DescriptorIO.SetNonBlocking(_handle);
            _isNonBlocking = true;
        }
    }

    private void WaitHere(short events)
    {
        var set = new PollSet(1);
        _ = set.Add(_handle, events);
        _ = set.Wait(Timeout.Infinite);
    }

    private void Require(bool isPossible, string what)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!isPossible)
        {
            throw new NotSupportedException($"This stream, {_name}, cannot be {what}.");
        }
    }

    private NotSupportedException NoSeeking() => new($"This stream, {_name}, has no length and no position.");
}
