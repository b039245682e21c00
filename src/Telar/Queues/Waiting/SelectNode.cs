using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

/// <summary>A selection in the line of one of its queues.</summary>
internal sealed class SelectNode<T> : Waiter
{
    private readonly QueueSelect<T> _select;

    public SelectNode(QueueSelect<T> select, int index)
    {
        _select = select;
        Place = new SelectPlace<T>(select, index);
        Payload = Place;
        Owner = select;
        Purpose = QueueText.ToGet;
    }

    public SelectPlace<T> Place { get; }

    /// <inheritdoc/>
    internal override string Describe() => "a selection from several queues";

    /// <inheritdoc/>
    internal override void Complete(WaitOutcome outcome) => _select.Complete(outcome);
}
