namespace Telar.Serialization;

/// <summary>Marks load contexts with their own copies of the application's assemblies: outside of them a name never means one of these.</summary>
internal interface ISeparateCode;
