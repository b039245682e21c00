using System.Net;
using System.Net.Sockets;
using Telar.ContextVars;

namespace EchoServer;

/// <summary>Sends every line back, until an empty one. Who the client is, no method is told: it stands in a context variable.</summary>
internal sealed class Server : IDisposable
{
    private static readonly ContextVar<string> s_client = new("client address");

    private readonly TcpListener _listener;

    public Server(IPEndPoint address)
    {
        _listener = new TcpListener(address);
        _listener.Start();
    }

    public EndPoint Address => _listener.LocalEndpoint;

    public void Dispose() => _listener.Dispose();

    /// <summary>Serves any number of clients at once, until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Task> clients = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(cancellationToken);
                clients.RemoveAll(task => task.IsCompleted);
                clients.Add(ServeAsync(client, cancellationToken));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // An async method is a flow of its own: what it sets is seen by what it calls, and by no other client's code.
    private static async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            s_client.Set(client.Client.RemoteEndPoint?.ToString() ?? "somewhere");
            using StreamReader reader = new(client.GetStream());
            await using StreamWriter writer = new(client.GetStream()) { AutoFlush = true };
            while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
            {
                await writer.WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            await writer.WriteLineAsync(Goodbye().AsMemory(), cancellationToken);
        }
    }

    private static string Goodbye() => $"Good bye, {s_client.Get()}.";
}
