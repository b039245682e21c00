using System.Globalization;
using System.Net;
using EchoServer;

// dotnet run --project samples/ContextVars/EchoServer [PORT]     then, elsewhere: nc 127.0.0.1 8081
int port = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8081;
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};

using Server server = new(new IPEndPoint(IPAddress.Loopback, port));
Console.WriteLine($"Listening on {server.Address}. Ctrl-C ends.");
await server.RunAsync(stop.Token);
