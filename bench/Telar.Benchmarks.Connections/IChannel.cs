namespace Telar.Benchmarks;

/// <summary>A way to send messages of one size and to get them back, from a thread that does nothing else.</summary>
internal interface IChannel : IDisposable
{
    /// <summary>Sends a message and waits for it to come back.</summary>
    void RoundTrip(byte[] message);

    /// <summary>Waits for messages and sends each back, until the other side is disposed.</summary>
    void Echo(int size);
}
