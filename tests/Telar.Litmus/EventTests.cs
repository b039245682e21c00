using Telar.Litmus.Races;

namespace Telar.Litmus;

public sealed class EventTests
{
    [Fact(Timeout = Plan.Limit)]
    public void Event_Set_BringsWhatWasWritten() =>
        Harness.Litmus.Check("Event, set or look", new Publication(), Plan.EventPublication);

    [Fact(Timeout = Plan.Limit)]
    public void Event_SetWhileAThreadBeginsToWait_WakesIt() =>
        Harness.Litmus.Check("Event, set or wait", new Pulse(clears: false), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Event_SetAndClearedWhileAThreadWaits_WakesIt() =>
        Harness.Litmus.Check("Event, set and clear or wait", new Pulse(clears: true), Plan.Handover);
}
