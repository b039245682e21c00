namespace Telar.Serialization;

/// <summary>Marks Telar's own call objects, which travel field by field. Honoured only on types of this assembly.</summary>
internal interface ITelarSendable;
