using Telar.Litmus.Harness;
using Telar.Litmus.Races;

namespace Telar.Litmus;

using Telar.Queues;

public sealed class QueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = Plan.Limit)]
    public void SimpleQueue_PutWhileItIsTried_GivesTheItemOnce() =>
        Harness.Litmus.Check("SimpleQueue, put or try", new PutOrTry(Simple), Plan.QueuePutOrTry);

    [Fact(Timeout = Plan.Limit)]
    public void SimpleQueue_TriedByBoth_GivesTheLastItemToOne() =>
        Harness.Litmus.Check("SimpleQueue, the last item", new GetTheLast(Simple), Plan.QueueGetTheLast);

    [Fact(Timeout = Plan.Limit)]
    public void SimpleQueue_PutWhileAThreadBeginsToWait_WakesIt() =>
        Harness.Litmus.Check("SimpleQueue, put or wait", new PutOrWait(Simple, s_patience, scale: 16), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void SimpleQueue_PutWhileAnAwaitIsCancelled_LosesNoItem() =>
        Harness.Litmus.Check("SimpleQueue, put or cancel", new PutOrCancel(static () => new SimpleQueue<int>()), Plan.Cancel);

    [Fact(Timeout = Plan.Limit)]
    public void SimpleQueue_FromOneToOne_KeepsTheOrder() =>
        Harness.Litmus.Check("SimpleQueue, 1x1", new Races.Stream(Simple(), pairs: 1), Plan.Stream);

    [Fact(Timeout = Plan.Limit)]
    public void SimpleQueue_FromTwoToTwo_KeepsTheOrderOfEach() =>
        Harness.Litmus.Check("SimpleQueue, 2x2", new Races.Stream(Simple(), pairs: 2), Plan.StreamOfFour);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_PutWhileItIsTried_GivesTheItemOnce() =>
        Harness.Litmus.Check("Queue, put or try", new PutOrTry(Unbounded), Plan.QueuePutOrTry);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_TriedByBoth_GivesTheLastItemToOne() =>
        Harness.Litmus.Check("Queue, the last item", new GetTheLast(Unbounded), Plan.QueueGetTheLast);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_PutWhileAThreadBeginsToWait_WakesIt() =>
        Harness.Litmus.Check("Queue, put or wait", new PutOrWait(Unbounded, s_patience, scale: 16), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_GotWhileAThreadBeginsToWaitForRoom_WakesIt() =>
        Harness.Litmus.Check("Queue of one, get or wait for room", new GetOrWaitForRoom(), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_PutWhileAnAwaitIsCancelled_LosesNoItem() =>
        Harness.Litmus.Check("Queue, put or cancel", new PutOrCancel(static () => new Queue<int>()), Plan.Cancel);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_FromOneToOne_KeepsTheOrder() =>
        Harness.Litmus.Check("Queue, 1x1", new Races.Stream(Unbounded(), pairs: 1), Plan.Stream);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_BoundedFromOneToOne_KeepsTheOrder() =>
        Harness.Litmus.Check("Queue of 8, 1x1", new Races.Stream(Bounded(), pairs: 1), Plan.Stream);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_FromTwoToTwo_KeepsTheOrderOfEach() =>
        Harness.Litmus.Check("Queue, 2x2", new Races.Stream(Unbounded(), pairs: 2), Plan.StreamOfFour);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_BoundedFromTwoToTwo_KeepsTheOrderOfEach() =>
        Harness.Litmus.Check("Queue of 8, 2x2", new Races.Stream(Bounded(), pairs: 2), Plan.StreamOfFour);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_DoneWhileAThreadBeginsToJoin_WakesIt() =>
        Harness.Litmus.Check("Queue, done or join", new DoneOrJoin(), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_PutToWhenItsArrayIsFull_KeepsTheOrder() =>
        Harness.Litmus.Check("Queue, put to grow", new PutToGrow(Unbounded), Plan.PutToGrow);

    [Fact(Timeout = Plan.Limit)]
    public void Queue_LookedAtWhileItemsPass_NeverHasMoreThanWerePut() =>
        Harness.Litmus.Check("Queue, count", new CountInBounds(), Plan.Stream);

    private static TelarItems Simple() => new(new SimpleQueue<int>());

    private static TelarItems Unbounded() => new(new Queue<int>());

    private static TelarItems Bounded() => new(new Queue<int>(8));
}
