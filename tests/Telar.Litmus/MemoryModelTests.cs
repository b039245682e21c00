using Telar.Litmus.Races;

namespace Telar.Litmus;

/// <summary>Whether the harness sees what it must be able to see: reordering where it is allowed, and none where it is not.</summary>
public sealed class MemoryModelTests
{
    // Red control: without a fence a processor may read before its own write is seen, and x86 does.
    [Fact(Timeout = Plan.Limit)]
    public void StoreBuffering_WithoutAFence_IsSeen() =>
        Harness.Litmus.Check("store buffering, no fence", new StoreBuffering(fenced: false), Plan.StoreBuffering);

    [Fact(Timeout = Plan.Limit)]
    public void StoreBuffering_WithAFence_IsNotSeen() =>
        Harness.Litmus.Check("store buffering, fence", new StoreBuffering(fenced: true), Plan.StoreBufferingFenced);

    [Fact(Timeout = Plan.Limit)]
    public void MessagePassing_WithVolatileWords_KeepsItsOrder() =>
        Harness.Litmus.Check("message passing", new MessagePassing(flagFirst: false), Plan.MessagePassing);

    // Red control.
    [Fact(Timeout = Plan.Limit)]
    public void MessagePassing_WithTheFlagFirst_IsFound() =>
        Harness.Litmus.CheckFinds("message passing, flag first", new MessagePassing(flagFirst: true), Plan.Mutant);
}
