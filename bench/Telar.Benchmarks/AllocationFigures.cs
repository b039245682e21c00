namespace Telar.Benchmarks;

/// <summary>What an operation allocates when nobody has to wait.</summary>
internal static class AllocationFigures
{
    public static IReadOnlyList<Figure> All { get; } =
    [
        Of("Lock", static () => new Threading.Lock(), static taken => Cycle(taken)),
        Of("Lock, async", static () => new Threading.Lock(), static taken => CycleAsync(taken)),
        Of("RLock", static () => new Threading.RLock(), static taken => Cycle(taken)),
        Of("Semaphore", static () => new Threading.Semaphore(1), static taken => Cycle(taken)),
        Of("Semaphore, async", static () => new Threading.Semaphore(1), static taken => CycleAsync(taken)),
        Of("Event", static () => new Threading.Event(), static flag =>
        {
            flag.Set();
            flag.Wait();
            flag.Clear();
        }),
        Of("Condition, notify", static () => new Threading.Condition(), static condition =>
        {
            condition.Acquire();
            condition.Notify();
            condition.Release();
        }),
        Of("Queue", static () => new Queues.Queue<int>(), static queue => Cycle(queue)),
        Of("Queue, bounded", static () => new Queues.Queue<int>(100), static queue => Cycle(queue)),
        Of("Queue, async", static () => new Queues.Queue<int>(), static queue => CycleAsync(queue)),
        Of("LifoQueue", static () => new Queues.LifoQueue<int>(), static queue => Cycle(queue)),
        Of("PriorityQueue", static () => new Queues.PriorityQueue<int>(), static queue => Cycle(queue)),
        Of("SimpleQueue", static () => new Queues.SimpleQueue<int>(), static queue => Cycle(queue)),
        Of("ContextVar, get", MakeVariable, static variable => variable.Get()),
    ];

    private static Figure Of<T>(string name, Func<T> make, Action<T> operation) =>
        new($"allocated by an operation: {name}", "B", 3, new Contender("Telar", _ => AllocationSide<T>.MakeAsync(make, operation))) { AtMost = 0 };

    private static void Cycle(Threading.IAcquirable taken)
    {
        taken.Acquire();
        taken.Release();
    }

    private static void CycleAsync(Threading.IAsyncAcquirable taken)
    {
        Expect(taken.AcquireAsync());
        taken.Release();
    }

    private static void Cycle(Queues.IQueue<int> queue)
    {
        queue.Put(1);
        queue.Get();
    }

    private static void CycleAsync(Queues.IQueue<int> queue)
    {
        Expect(PutAsync(queue));
        Expect(queue.GetAsync());
    }

    private static async ValueTask<int> PutAsync(Queues.IQueue<int> queue)
    {
        await queue.PutAsync(1);
        return 1;
    }

    private static void Expect<T>(ValueTask<T> task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The operation waited although there was nothing to wait for.");
        }

        task.GetAwaiter().GetResult();
    }

    private static ContextVars.ContextVar<int> MakeVariable()
    {
        ContextVars.ContextVar<int> variable = new("variable");
        variable.Set(1);
        return variable;
    }
}
