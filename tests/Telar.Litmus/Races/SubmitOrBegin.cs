using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Threads;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>
/// Left is a worker of a pool that comes back, takes the call that waits, and looks whether there is another; right submits that other one,
/// and looks whether the worker still comes back. One of the two must see the other: else nobody comes for the second call.
/// </summary>
internal readonly struct SubmitOrBegin() : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("the worker saw it"),
        Outcome.Wanted("the submitter saw it"),
        Outcome.Allowed("both saw it"),
        Outcome.Forbidden("nobody saw it"),
    ];

    private static readonly Work s_ended = new(Task.FromResult(1).AsFuture());
    private static readonly Work s_first = new(new FutureSource<int>().Future);
    private static readonly Work s_second = new(new FutureSource<int>().Future);

    private readonly ThreadWorker[] _workers = Workers();
    private readonly WorkQueue[] _queues = [.. Enumerable.Range(0, Count).Select(static _ => WithOneCall())];
    private readonly bool[] _workerSaw = new bool[Count];
    private readonly bool[] _submitterSaw = new bool[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 8;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    // As ThreadCrew.Take and ThreadCrew.Submit do, in their order.
    public void Play(int side, int instance, ref Dice dice)
    {
        WorkQueue queue = _queues[instance];
        if (side == 0)
        {
            queue.TryTake(out IThreadWork? work);
            _workers[instance].Begin(work!); // right adds behind the first
            _workerSaw[instance] = !queue.IsEmpty;
        }
        else
        {
            queue.Add(s_second);
            Interlocked.MemoryBarrier();
            _submitterSaw[instance] = !_workers[instance].IsReturning;
        }
    }

    public int Judge(int instance)
    {
        int outcome = _workerSaw[instance] ? (_submitterSaw[instance] ? 2 : 0) : _submitterSaw[instance] ? 1 : 3;
        _queues[instance].TryTake(out _);
        _queues[instance].Add(s_first);
        _workers[instance].Begin(s_ended);
        return outcome;
    }

    private static WorkQueue WithOneCall()
    {
        WorkQueue queue = new();
        queue.Add(s_first);
        return queue;
    }

    // Their threads are not started.
    private static ThreadWorker[] Workers()
    {
        ThreadPoolOptions options = new();
        ThreadCrew crew = new("litmus", options, new CrewRole(options));
        ThreadWorker[] workers = [.. Enumerable.Range(0, Count).Select(number => new ThreadWorker(crew, number))];
        Array.ForEach(workers, static worker => worker.Begin(s_ended));
        return workers;
    }

    private sealed class Work(Future future) : IThreadWork
    {
        public Future Future => future;

        public int Priority => 0;

        public void Run(ThreadWorker worker) => throw new NotSupportedException("Nobody runs it.");

        public void Refuse(Exception exception) => throw new NotSupportedException("Nobody refuses it.");
    }
}
