namespace Telar.Serialization;

/// <summary>
/// Says that instances of a class or struct may be sent to another process by copying their fields, private ones and those
/// of base classes included.
/// </summary>
/// <remarks>
/// <para>
/// Records, anonymous types, enums and structs without references need no attribute. On the other side no constructor runs:
/// the object is made blank and its fields are set, <c>readonly</c> and <c>init</c> ones too. A field marked
/// <see cref="NonSerializedAttribute"/> stays at its default value there.
/// </para>
/// <para>
/// The attribute is not inherited: each class of a hierarchy decides for itself. Do not put it on a type that stores hash
/// codes, thread ids or addresses of its own: these values mean nothing in another process.
/// </para>
/// <para>Python: what <c>pickle</c> does to every instance of a class, here by consent.</para>
/// <b>Thread safety.</b> An attribute is immutable. While an object is being sent, nobody may change it.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class SendableAttribute : Attribute;
