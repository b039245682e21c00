using System.Net;
using System.Net.Sockets;
using EchoServer;
using Xunit;

namespace Telar.Tests.ContextVars;

/// <summary>The sample of samples/ContextVars/EchoServer.</summary>
public class EchoServerTests
{
    [Fact(Timeout = 120_000)]
    public async Task EveryClient_IsTakenLeaveOfByItsOwnAddress()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using Server server = new(new IPEndPoint(IPAddress.Loopback, 0));
        Task running = server.RunAsync(stop.Token);
        using TcpClient first = new(AddressFamily.InterNetwork);
        using TcpClient second = new(AddressFamily.InterNetwork);
        await first.ConnectAsync((IPEndPoint)server.Address, stop.Token);
        await second.ConnectAsync((IPEndPoint)server.Address, stop.Token);

        Assert.Equal(["one", $"Good bye, {first.Client.LocalEndPoint}."], await TalkAsync(first, "one"));
        Assert.Equal(["two", $"Good bye, {second.Client.LocalEndPoint}."], await TalkAsync(second, "two"));
        await stop.CancelAsync();
        await running;

        async Task<string[]> TalkAsync(TcpClient client, string line)
        {
            await client.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{line}\n\n"), stop.Token);
            using StreamReader reader = new(client.GetStream());
            return (await reader.ReadToEndAsync(stop.Token)).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
