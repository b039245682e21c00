using Telar.Concurrent.Futures;
using Telar.Multiprocessing;
using Telar.Serialization;
using Telar.Specs.Support;

namespace Telar.Specs.Connections;

/// <summary>A connection goes to a worker with the call that captured it.</summary>
public sealed class TravellingConnectionSpecs : ProcessSpec
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 120_000)]
    public async Task I_can_talk_to_a_call_while_it_runs()
    {
        await using ProcessPoolExecutor pool = new(1);
        (Connection mine, Connection theirs) = Pipe.Create();
        using (mine)
        {
            Future<int> call;
            using (theirs)
            {
                call = pool.Submit(() => Answer(theirs));
            }

            mine.Send(20, s_long, Token);
            Assert.Equal(21, mine.Recv<int>(s_long, Token));
            mine.Send(40, s_long, Token);
            Assert.Equal(41, mine.Recv<int>(s_long, Token));
            mine.Send(-1, s_long, Token);

            Assert.Equal(2, await call);
            Assert.Throws<EndOfStreamException>(() => mine.Recv<int>(s_long, Token));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_join_two_workers_by_a_pipe_of_their_own()
    {
        await using ProcessPoolExecutor pool = new(2);
        (Connection<string> reader, Connection<string> writer) = Pipe.Create<string>(duplex: false);
        Future<string> reading;
        Future<int> writing;
        using (reader)
        using (writer)
        {
            reading = pool.Submit(() => reader.Recv(null, CancellationToken.None));
            writing = pool.Submit(() => Write(writer));
        }

        Assert.Equal("from the other worker", await reading);
        Assert.NotEqual(Environment.ProcessId, await writing);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_the_end_of_a_connection_whose_worker_died()
    {
        await using ProcessPoolExecutor pool = new(1);
        (Connection mine, Connection theirs) = Pipe.Create();
        using (mine)
        {
            Future<int> call;
            using (theirs)
            {
                call = pool.Submit(() => DieWithinAMessage(theirs));
            }

            Assert.True(mine.Poll(s_long, Token));
            Assert.Equal("here", mine.Recv<string>(s_long, Token));
            await Assert.ThrowsAsync<WorkerDiedException>(async () => await call);
            Assert.Throws<EndOfStreamException>(() => mine.Recv<string>(s_long, Token));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_the_end_of_a_connection_whose_call_could_not_be_read()
    {
        await using ProcessPoolExecutor pool = new(1);
        (Connection mine, Connection theirs) = Pipe.Create();
        using (mine)
        {
            Future<int> call;
            using (theirs)
            using (var gone = SharedMemory.Create(100))
            {
                gone.Unlink();
                object[] things = [theirs, gone];
                call = pool.Submit(() => things.Length);
            }

            await Assert.ThrowsAnyAsync<Exception>(async () => await call);
            Assert.Throws<EndOfStreamException>(() => mine.Recv<string>(s_long, Token));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_the_connection_again_in_a_call_that_runs_again()
    {
        await using ProcessPoolExecutor pool = new(1);
        (Connection mine, Connection theirs) = Pipe.Create();
        using (mine)
        {
            Future<int> call;
            using (theirs)
            {
                call = pool.Submit(() => DieAtFirst(theirs), new CallOptions { Retries = 1 });
            }

            Assert.Equal("attempt 1", mine.Recv<string>(s_long, Token));
            Assert.Equal("attempt 2", mine.Recv<string>(s_long, Token));
            Assert.Equal(2, await call);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_am_told_that_a_call_cannot_return_a_connection()
    {
        await using ProcessPoolExecutor pool = new(1);

        SerializationException error = await Assert.ThrowsAsync<SerializationException>(async () => await pool.Submit(() => Pipe.Create().First));

        Assert.Contains("its descriptor cannot go along on this way", error.Message, StringComparison.Ordinal);
    }

    private static int Answer(Connection connection)
    {
        int answers = 0;
        for (int number; (number = connection.Recv<int>()) >= 0; answers++)
        {
            connection.Send(number + 1);
        }

        connection.Dispose();
        return answers;
    }

    private static int Write(Connection<string> writer)
    {
        writer.Send("from the other worker");
        return Environment.ProcessId;
    }

    private static int DieWithinAMessage(Connection connection)
    {
        connection.Send("here");
        _ = Interop.Libc.kill(Environment.ProcessId, 9);
        return 0;
    }

    private static int DieAtFirst(Connection connection)
    {
        int attempt = TaskContext.Current!.Attempt; // a call runs
        connection.Send($"attempt {attempt}");
        if (attempt == 1)
        {
            _ = Interop.Libc.kill(Environment.ProcessId, 9);
        }

        return attempt;
    }
}
