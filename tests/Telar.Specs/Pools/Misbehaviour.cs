using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Native;

namespace Telar.Specs.Pools;

/// <summary>Runs inside a worker: does to its connection what no worker should.</summary>
internal static class Misbehaviour
{
    private const int DataDescriptor = 3;

    public static int Commit(Hostility hostility)
    {
        SafeFileHandle handle = new(DataDescriptor, ownsHandle: false);
        FrameSocket socket = new(handle);
        switch (hostility)
        {
            case Hostility.Garbage:
                DescriptorIO.Write(handle, "this is no frame, whatever else it may be"u8);
                break;
            case Hostility.HalfAFrame:
                Span<byte> head = stackalloc byte[FrameHeader.Size];
                new FrameHeader(FrameKind.Result, FrameBlobs.None, 1, 100).Write(head);
                DescriptorIO.Write(handle, head[..10]);
                break;
            case Hostility.AnswerToNoCall:
                socket.Send(new FrameHeader(FrameKind.Result, FrameBlobs.None, 4711, 0), []);
                break;
            case Hostility.FrameOfTheParent:
                socket.Send(new FrameHeader(FrameKind.Call, FrameBlobs.None, 1, 0), []);
                break;
            case Hostility.ReadyAgain:
                socket.Send(new FrameHeader(FrameKind.Ready, FrameBlobs.None, 0, 0), []);
                break;
            case Hostility.StartFailedLate:
                socket.Send(new FrameHeader(FrameKind.StartFailed, FrameBlobs.None, 0, 3), [1, 2, 3]);
                break;
            case Hostility.BlobsWithoutDescriptor:
                socket.Send(new FrameHeader(FrameKind.Result, FrameBlobs.Attached, 1, 0), []);
                break;
            case Hostility.DescriptorOfAPipe:
                using (Pipe pipe = Pipe.Create())
                {
                    byte[] frame = new byte[FrameHeader.Size];
                    new FrameHeader(FrameKind.Result, FrameBlobs.Attached, 1, 0).Write(frame);
                    socket.TrySend(frame, pipe.Reader);
                }

                break;
            case Hostility.HugeFrame:
                byte[] huge = new byte[FrameHeader.Size];
                new FrameHeader(FrameKind.Result, FrameBlobs.None, 1, int.MaxValue).Write(huge);
                DescriptorIO.Write(handle, huge);
                break;
            case Hostility.CloseData:
                _ = Interop.Libc.close(DataDescriptor);
                break;
            case Hostility.ShutDownWriting:
                using (System.Net.Sockets.Socket own = new(new System.Net.Sockets.SafeSocketHandle(DataDescriptor, ownsHandle: false)))
                {
                    own.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                }

                break;
        }

        switch (hostility)
        {
            case Hostility.HalfAFrame:
                _ = Interop.Libc.kill(Environment.ProcessId, 9);
                break;
            case Hostility.DescriptorOfAPipe:
                return 0;
        }

        new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(60));
        return 0;
    }
}
