namespace Telar.Internal.Processes;

/// <summary>A limit of a resource.</summary>
/// <param name="Name">Its name: <c>RLIMIT_AS</c>.</param>
/// <param name="Resource">Its number.</param>
/// <param name="Soft">Where it begins to bind.</param>
/// <param name="Hard">Up to where the child may raise it.</param>
internal readonly record struct ChildLimit(string Name, int Resource, long Soft, long Hard);
