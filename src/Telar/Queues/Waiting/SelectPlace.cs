namespace Telar.Queues.Waiting;

/// <summary>Where a queue hands its item to a selection, if the selection still wants one.</summary>
internal sealed class SelectPlace<T>(QueueSelect<T> select, int index) : ItemPlace<T>
{
    public override bool TryClaim() => select.TryClaim(index);
}
