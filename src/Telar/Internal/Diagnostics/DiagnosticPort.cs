using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;

namespace Telar.Internal.Diagnostics;

/// <summary>The port at which the runtime of a .NET process answers diagnostic tools; this process's own has one too.</summary>
/// <remarks>
/// The protocol is the documented one of .NET ("diagnostics IPC"): a header of 20 bytes (magic, size of all, command set, command, reserved),
/// then the command's own bytes; the answer has the same form. A process started with <c>DOTNET_EnableDiagnostics=0</c> has no port.
/// </remarks>
internal static class DiagnosticPort
{
    private const int HeaderSize = 20;
    private const byte TracingCommands = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing = 3;
    private const byte ServerCommands = 0xFF;
    private const byte Success = 0;

    private static readonly byte[] s_magic = "DOTNET_IPC_V1\0"u8.ToArray();
    private static readonly TimeSpan s_sampling = TimeSpan.FromMilliseconds(25);

    /// <summary>Has the runtime of a process sample the stacks of its threads for a moment.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>A trace in the nettrace format, with the names of methods at its end.</returns>
    /// <exception cref="IOException">There is no port, it refused, or did not answer in time.</exception>
    public static byte[] SampleStacks(int processId, WaitDeadline deadline)
    {
        try
        {
            using Socket session = Connect(processId, deadline);
            byte[] id = Ask(session, CollectTracing, TraceSettings());
            Parker.Create().Park(WaitDeadline.After(s_sampling));
            using (Socket stop = Connect(processId, deadline))
            {
                // Its answer comes when all is written, and that waits for us to read: so nobody waits for it.
                stop.Send(Message(StopTracing, id));
                return ReadToEnd(session, deadline);
            }
        }
        catch (SocketException exception)
        {
            throw new IOException($"The diagnostic port of process {processId} did not answer: {exception.Message}", exception);
        }
    }

    private static Socket Connect(int processId, WaitDeadline deadline)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new IOException("The diagnostic port of a process is asked on Linux so far.");
        }

        string path = ProcStat.TryRead(processId, out ProcStat stat)
            ? Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{processId}-{stat.StartTime}-socket"))
            : throw new IOException($"There is no process {processId}.");
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            SetTimeout(socket, deadline);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void SetTimeout(Socket socket, WaitDeadline deadline)
    {
        double left = deadline.Remaining.TotalMilliseconds;
        if (left < 1)
        {
            throw new IOException("The time for taking stacks is over.");
        }

        socket.SendTimeout = socket.ReceiveTimeout = (int)Math.Min(left, int.MaxValue);
    }

    private static byte[] Ask(Socket socket, byte command, byte[] content)
    {
        socket.Send(Message(command, content));
        byte[] header = ReceiveExactly(socket, HeaderSize);
        byte[] answer = ReceiveExactly(socket, BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(s_magic.Length)) - HeaderSize);
        return header[16] == ServerCommands && header[17] == Success
            ? answer
            : throw new IOException($"The runtime refused to trace itself: error 0x{Convert.ToHexString([.. answer.Reverse()])}.");
    }

    private static byte[] Message(byte command, byte[] content)
    {
        byte[] message = new byte[HeaderSize + content.Length];
        s_magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(s_magic.Length), (ushort)message.Length);
        message[16] = TracingCommands;
        message[17] = command;
        content.CopyTo(message, HeaderSize);
        return message;
    }

    // A buffer of 16 MB, the nettrace format, the names of methods at the end, one provider: the sampler of stacks.
    private static byte[] TraceSettings()
    {
        const string Sampler = "Microsoft-DotNETCore-SampleProfiler";
        using MemoryStream settings = new();
        using BinaryWriter writer = new(settings);
        writer.Write(16);
        writer.Write(1);
        writer.Write(true);
        writer.Write(1);
        writer.Write(0L);
        writer.Write(4);
        writer.Write(Sampler.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(Sampler + '\0'));
        writer.Write(0);
        writer.Flush();
        return settings.ToArray();
    }

    private static byte[] ReceiveExactly(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        for (int filled = 0; filled < count;)
        {
            int received = socket.Receive(bytes, filled, count - filled, SocketFlags.None);
            filled += received > 0 ? received : throw new IOException("The runtime closed its diagnostic port.");
        }

        return bytes;
    }

    private static byte[] ReadToEnd(Socket socket, WaitDeadline deadline)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            SetTimeout(socket, deadline);
            int received = socket.Receive(buffer);
            if (received == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, received);
        }
    }
}
