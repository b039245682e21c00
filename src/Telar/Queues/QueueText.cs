using System.Runtime.ExceptionServices;
using Telar.Internal.Waiting;
using Telar.Queues.Waiting;

namespace Telar.Queues;

/// <summary>What queues say: their exceptions and descriptions.</summary>
internal static class QueueText
{
    public const string ToGet = "to get an item";
    public const string ToPut = "to put an item";
    public const string ToJoin = "for all items to be done";

    public static QueueEmptyException NewEmpty(object queue) => new(
        $"Get found no item in {queue} in its time. Give it more time, or ask with TryGet.");

    public static QueueFullException NewFull(object queue) => new(
        $"Put found no room in {queue} in its time, and the item was not put. Give it more time, or ask with TryPut.");

    public static QueueShutDownException NewShutDown<T>(ILocalQueue<T> queue, WaitKind kind) => kind == WaitKind.Put
        ? new($"Put was refused: {queue} takes nothing more. The item was not put.", queue.Failure)
        : new($"Get has ended: {queue} will never have an item again.", queue.Failure);

    /// <summary>Turns the end of a wait into what its caller sees.</summary>
    public static void ThrowUnlessGranted<T>(
        WaitOutcome outcome, Exception? error, WaitKind kind, ILocalQueue<T> queue, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case WaitOutcome.Granted:
                if (error is not null)
                {
                    ExceptionDispatchInfo.Throw(error);
                }

                break;
            case WaitOutcome.Cancelled:
                throw new OperationCanceledException(cancellationToken);
            case WaitOutcome.Refused:
                throw NewShutDown(queue, kind);
            default:
                throw kind == WaitKind.Put ? NewFull(queue) : NewEmpty(queue);
        }
    }

    /// <summary>"Queue&lt;Int32&gt; 'jobs' (3 of 100 items, shut down)".</summary>
    public static string Describe<T>(IQueue<T> queue, string? name)
    {
        string type = queue.GetType().Name;
        int arity = type.IndexOf('`', StringComparison.Ordinal);
        string shown = arity < 0 ? type : $"{type[..arity]}<{typeof(T).Name}>";
        string called = name is null ? "" : $" '{name}'";
        string limit = queue.MaxSize > 0 ? $" of {queue.MaxSize}" : "";
        string items = queue.Count == 1 && limit.Length == 0 ? "item" : "items";
        string end = queue.IsShutDown ? ", shut down" : "";
        return $"{shown}{called} ({queue.Count}{limit} {items}{end})";
    }
}
