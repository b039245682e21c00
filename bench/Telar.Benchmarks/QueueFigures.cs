namespace Telar.Benchmarks;

using System.Collections.Concurrent;
using System.Threading.Channels;

/// <summary>Items from threads to threads, and from tasks to tasks.</summary>
internal static class QueueFigures
{
    private const int Items = 400_000;
    private const int BoundedItems = 200_000;
    private const int PythonItems = 20_000;
    private const int Bound = 100;
    private const int Waits = 20_000;
    private const int Pairs = 500_000;

    public static IReadOnlyList<Figure> All { get; } =
    [
        Passing("Queue 1x1, unbounded", "queue_1x1", 0, 1),
        Passing("Queue 2x2, unbounded", "queue_2x2", 0, 2),
        Passing("Queue 1x1, bounded 100", "bounded_1x1", Bound, 1),
        Passing("Queue 2x2, bounded 100", "bounded_2x2", Bound, 2),
        new("SimpleQueue 1x1", "ns", 15,
            new("Telar SimpleQueue, threads", static _ => Threads(new Queues.SimpleQueue<int>(), Items, 1)),
            new("Channel, tasks", static _ => ChannelTasks(0, Items, 1), Target.FasterAtLeast(1)),
            Contender.Python("simple_1x1", PythonItems, Target.FasterAtLeast(2))),
        new("SimpleQueue 2x2", "ns", 15,
            new("Telar SimpleQueue, threads", static _ => Threads(new Queues.SimpleQueue<int>(), Items, 2)),
            new("Channel, tasks", static _ => ChannelTasks(0, Items, 2), Target.FasterAtLeast(1)),
            Contender.Python("simple_2x2", PythonItems, Target.FasterAtLeast(2))),
        new("put and get of one item on one thread", "ns", 15,
            new("Telar Queue", static _ => PutGet(new Queues.Queue<int>())),
            new("Channel, TryWrite and TryRead", static _ => ChannelPutGet(), Target.None),
            new("BlockingCollection", static _ => BlockingPutGet(), Target.FasterAtLeast(3)),
            Contender.Python("queue_put_get", PythonItems, Target.FasterAtLeast(20))),
        new("put and get of one item on one thread, SimpleQueue", "ns", 15,
            new("Telar SimpleQueue", static _ => PutGet(new Queues.SimpleQueue<int>())),
            new("Channel, TryWrite and TryRead", static _ => ChannelPutGet(), Target.FasterAtLeast(1)),
            Contender.Python("simple_put_get", PythonItems, Target.FasterAtLeast(2))),
        new("async get that waits: two tasks and two queues, there and back", "ns", 15,
            new("Telar Queue", static _ => TaskPingPong(new Queues.Queue<int>(), new Queues.Queue<int>())),
            new("Channel", static _ => ChannelPingPong(), Target.TimeAtMost(1.2)) { BoundsAllocation = true }),
        new("async get that waits: two tasks and two queues, there and back, SimpleQueue", "ns", 15,
            new("Telar SimpleQueue", static _ => TaskPingPong(new Queues.SimpleQueue<int>(), new Queues.SimpleQueue<int>())),
            new("Channel", static _ => ChannelPingPong(), Target.TimeAtMost(1.2)) { BoundsAllocation = true }),
        new("async get that waits: put by the same task", "ns", 15,
            new("Telar Queue", static _ => WaitAndPut(new Queues.Queue<int>())),
            new("Channel", static _ => ChannelWaitAndPut(), Target.TimeAtMost(1.2)) { BoundsAllocation = true }),
    ];

    // Each class in the form that it is made for: a channel has no blocking call, a BlockingCollection has no other.
    private static Figure Passing(string name, string request, int bound, int sides)
    {
        int items = bound == 0 ? Items : BoundedItems;
        return new(name, "ns", 15,
            new("Telar Queue, threads", _ => Threads(new Queues.Queue<int>(bound), items, sides)),
            new("Telar Queue, tasks", _ => Tasks(new Queues.Queue<int>(bound), items, sides), Target.None),
            new("Channel, tasks", _ => ChannelTasks(bound, items, sides), Target.FasterAtLeast(1)),
            new("BlockingCollection, threads", _ => BlockingThreads(bound, items, sides), Target.FasterAtLeast(3)),
            Contender.Python(request, PythonItems, Target.FasterAtLeast(20)));
    }

    private static Task<ISide> Threads(Queues.IQueue<int> queue, int items, int sides) => LoopSide.Timed(items, count =>
    {
        return Team.Run([.. Enumerable.Range(0, sides).SelectMany(_ => new Action[] { Put, Get })]);

        void Put()
        {
            for (int i = count / sides; i > 0; i--)
            {
                queue.Put(i);
            }
        }

        void Get()
        {
            for (int i = count / sides; i > 0; i--)
            {
                queue.Get();
            }
        }
    });

    private static Task<ISide> Tasks(Queues.IQueue<int> queue, int items, int sides) => LoopSide.Tasks(items, count =>
    {
        return Task.WhenAll(Enumerable.Range(0, sides).SelectMany(_ => new[] { Task.Run(PutAsync), Task.Run(GetAsync) }));

        async Task PutAsync()
        {
            for (int i = count / sides; i > 0; i--)
            {
                await queue.PutAsync(i);
            }
        }

        async Task GetAsync()
        {
            for (int i = count / sides; i > 0; i--)
            {
                await queue.GetAsync();
            }
        }
    });

    private static Task<ISide> ChannelTasks(int bound, int items, int sides)
    {
        Channel<int> channel = bound == 0 ? Channel.CreateUnbounded<int>() : Channel.CreateBounded<int>(bound);
        return LoopSide.Tasks(items, count =>
        {
            return Task.WhenAll(Enumerable.Range(0, sides).SelectMany(_ => new[] { Task.Run(PutAsync), Task.Run(GetAsync) }));

            async Task PutAsync()
            {
                for (int i = count / sides; i > 0; i--)
                {
                    await channel.Writer.WriteAsync(i);
                }
            }

            async Task GetAsync()
            {
                for (int i = count / sides; i > 0; i--)
                {
                    await channel.Reader.ReadAsync();
                }
            }
        });
    }

    private static Task<ISide> BlockingThreads(int bound, int items, int sides)
    {
        ConcurrentQueue<int> storage = new();
        BlockingCollection<int> collection = bound == 0 ? new(storage) : new(storage, bound);
        return LoopSide.Timed(
            items,
            count =>
            {
                return Team.Run([.. Enumerable.Range(0, sides).SelectMany(_ => new Action[] { Put, Get })]);

                void Put()
                {
                    for (int i = count / sides; i > 0; i--)
                    {
                        collection.Add(i);
                    }
                }

                void Get()
                {
                    for (int i = count / sides; i > 0; i--)
                    {
                        try
                        {
                            collection.Take();
                        }
                        catch (InvalidOperationException)
                        {
                            // With two threads that take it sometimes finds its own storage empty and blames others. The item is there.
                            SpinWait.SpinUntil(() => storage.TryDequeue(out int _));
                        }
                    }
                }
            },
            collection);
    }

    private static Task<ISide> PutGet(Queues.Queue<int> queue) => LoopSide.Loop(Pairs, count =>
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
            queue.Get();
        }
    });

    private static Task<ISide> PutGet(Queues.SimpleQueue<int> queue) => LoopSide.Loop(Pairs, count =>
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
            queue.Get();
        }
    });

    private static Task<ISide> ChannelPutGet()
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        return LoopSide.Loop(Pairs, count =>
        {
            for (int i = 0; i < count; i++)
            {
                channel.Writer.TryWrite(i);
                channel.Reader.TryRead(out int _);
            }
        });
    }

    private static Task<ISide> BlockingPutGet()
    {
        BlockingCollection<int> collection = [];
        return LoopSide.Loop(
            Pairs,
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    collection.Add(i);
                    collection.Take();
                }
            },
            collection);
    }

    private static Task<ISide> TaskPingPong(Queues.IQueue<int> ping, Queues.IQueue<int> pong) => LoopSide.Tasks(Waits, count =>
    {
        return Task.WhenAll(Task.Run(FirstAsync), Task.Run(SecondAsync));

        async Task FirstAsync()
        {
            for (int i = 0; i < count; i++)
            {
                await ping.PutAsync(i);
                await pong.GetAsync();
            }
        }

        async Task SecondAsync()
        {
            for (int i = 0; i < count; i++)
            {
                await ping.GetAsync();
                await pong.PutAsync(i);
            }
        }
    });

    private static Task<ISide> ChannelPingPong()
    {
        Channel<int> ping = Channel.CreateUnbounded<int>();
        Channel<int> pong = Channel.CreateUnbounded<int>();
        return LoopSide.Tasks(Waits, count =>
        {
            return Task.WhenAll(Task.Run(FirstAsync), Task.Run(SecondAsync));

            async Task FirstAsync()
            {
                for (int i = 0; i < count; i++)
                {
                    await ping.Writer.WriteAsync(i);
                    await pong.Reader.ReadAsync();
                }
            }

            async Task SecondAsync()
            {
                for (int i = 0; i < count; i++)
                {
                    await ping.Reader.ReadAsync();
                    await pong.Writer.WriteAsync(i);
                }
            }
        });
    }

    // The get begins before there is an item, always: what a wait itself costs.
    private static Task<ISide> WaitAndPut(Queues.IQueue<int> queue) => LoopSide.Tasks(Waits, async count =>
    {
        for (int i = 0; i < count; i++)
        {
            ValueTask<int> item = queue.GetAsync();
            await queue.PutAsync(i);
            await item;
        }
    });

    private static Task<ISide> ChannelWaitAndPut()
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        return LoopSide.Tasks(Waits, async count =>
        {
            for (int i = 0; i < count; i++)
            {
                ValueTask<int> item = channel.Reader.ReadAsync();
                await channel.Writer.WriteAsync(i);
                await item;
            }
        });
    }
}
