namespace Telar.Concurrent.Futures.Observing;

/// <summary>A record of a call that knows who watches it.</summary>
internal interface IObservedCall
{
    /// <summary>Who watches; null while nobody does.</summary>
    CallObservation? Observation { get; }
}
