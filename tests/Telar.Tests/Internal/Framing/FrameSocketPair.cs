using Telar.Internal.Framing;
using Telar.Internal.Native;

namespace Telar.Tests.Internal.Framing;

/// <summary>The two ends of a real socket pair, for a test that sends frames from one to the other.</summary>
public abstract class FrameSocketPair : IDisposable
{
    private protected FrameSocketPair()
    {
        SocketPair pair = SocketPair.Create();
        Mine = new FrameSocket(pair.Mine);
        Theirs = new FrameSocket(pair.Theirs);
    }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected FrameSocket Mine { get; }

    private protected FrameSocket Theirs { get; }

    public void Dispose()
    {
        Mine.Dispose();
        Theirs.Dispose();
        GC.SuppressFinalize(this);
    }
}
