using System.Reflection;
using System.Runtime.CompilerServices;

namespace Telar.Concurrent.Futures.Observing;

// Invariants
//   I1  s_isLoaded is set once, when the instruments of ExecutorMeter exist, and by the thread that loads the library, before any code of the
//       library has run for others: whoever can listen is noticed. Never, when a listener threw at the instruments: there are none then.
//   I2  Nobody but that thread touches ExecutorMeter before. Another one would hold its static constructor while it waits for the library,
//       and the loading thread would wait for the static constructor.
// Locks
//   None of its own, and no static constructor: OnLoad runs while the runtime loads an assembly, where it must not wait for another thread.

/// <summary>
/// The assembly in which .NET has traces and meters, and those who listen to them. To load it, and to make a source and a meter, is a good
/// part of what the first call in a program costs, and nobody listens before it is loaded: executors leave it alone until somebody else
/// needs it.
/// </summary>
internal static class DiagnosticLibrary
{
    private const string Name = "System.Diagnostics.DiagnosticSource";

    private static int s_isWatched;
    private static bool s_isLoaded;

    /// <summary>Whether somebody can listen, as far as <see cref="Watch"/> was called.</summary>
    public static bool IsLoaded => Volatile.Read(ref s_isLoaded);

    /// <summary>Begins to look for it; to be called before <see cref="IsLoaded"/>, any number of times.</summary>
    public static void Watch()
    {
        if (Interlocked.Exchange(ref s_isWatched, 1) != 0)
        {
            return;
        }

        // In this order, as it may be loaded in between.
        AppDomain.CurrentDomain.AssemblyLoad += OnLoad;
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Notice(assembly);
        }
    }

    private static void OnLoad(object? sender, AssemblyLoadEventArgs arguments) => Notice(arguments.LoadedAssembly);

    private static void Notice(Assembly assembly)
    {
        if (IsLoaded || assembly.GetName().Name != Name)
        {
            return;
        }

        AppDomain.CurrentDomain.AssemblyLoad -= OnLoad;
        Listeners.Tell(static () =>
        {
            RuntimeHelpers.RunClassConstructor(typeof(ExecutorMeter).TypeHandle);
            Volatile.Write(ref s_isLoaded, true);
        });
    }
}
