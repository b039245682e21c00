namespace Telar.Serialization;

/// <summary>Something to write behind the value: the body of an object, or (with <see cref="Fields"/>) more fields of a closure.</summary>
internal sealed record DeferredWrite(int Id, object Value, ObjectCodec Codec, FieldMask? Fields, ClosureScan? Scan, string? Path);
