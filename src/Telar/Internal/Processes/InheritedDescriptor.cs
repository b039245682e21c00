using System.Runtime.InteropServices;

namespace Telar.Internal.Processes;

/// <summary>A descriptor that a child gets beyond the three standard ones.</summary>
/// <param name="Handle">The open descriptor here; it stays close-on-exec here, and stays open.</param>
/// <param name="Number">The number that the child sees it under: 3 or above, each number once.</param>
internal readonly record struct InheritedDescriptor(SafeHandle Handle, int Number);
