using Microsoft.CodeAnalysis;

namespace Telar.HouseRules.Rules;

/// <summary>H6: waiting looks the same on every type.</summary>
internal static class AsyncTwins
{
    public const string Text =
        "H6: whoever waits can stop waiting, and need not hold a thread. A token is the last parameter, called cancellationToken, with a " +
        "default; a timeout is a TimeSpan; a method that blocks has an Async twin on the same type.";

    // Blocking methods are those with a 'timeout' parameter, and these, whose shortest form shows none.
    private static readonly HashSet<string> s_blocking = new(StringComparer.Ordinal)
    {
        "Telar.Concurrent.Futures.Executor.Map",
        "Telar.Concurrent.Futures.Executor.Shutdown",
        "Telar.Concurrent.Futures.Future.Exception",
        "Telar.Concurrent.Futures.Future.Result",
        "Telar.Concurrent.Futures.Futures.AsCompleted",
        "Telar.Concurrent.Futures.Futures.Wait",
    };

    // Its thread owns what these acquire, and after an await the code goes on on any thread: IAsyncAcquirable says so.
    private static readonly HashSet<string> s_ownedByThreads = new(StringComparer.Ordinal)
    {
        "Telar.Multiprocessing.SemLock.Acquire",
        "Telar.Multiprocessing.SemLock.Enter",
        "Telar.Threading.IAcquirable.Acquire",
        "Telar.Threading.IAcquirable.Enter",
        "Telar.Threading.RLock.Acquire",
        "Telar.Threading.RLock.Enter",
        "Telar.Multiprocessing.Array.Enter", // these three have an RLock, or the caller's lock, which GetLock gives back
        "Telar.Multiprocessing.SharedString.Enter",
        "Telar.Multiprocessing.Value.Enter",
    };

    private static readonly string[] s_timeNames = ["timeout", "milliseconds", "seconds", "grace", "delay", "interval"];

    public static IEnumerable<Violation> Check(IAssemblySymbol assembly)
    {
        // A delegate's methods are the compiler's.
        foreach (INamedTypeSymbol type in Compilations.PublicTypes(assembly).Where(type => type.TypeKind != TypeKind.Delegate))
        {
            foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>())
            {
                if (Compilations.IsVisible(method) && !IsDictatedFromOutside(method))
                {
                    foreach (string problem in CheckToken(method).Concat(CheckTimes(method)).Concat(CheckTwin(type, method)))
                    {
                        yield return new Violation("", 0, $"{method.ToDisplayString()}: {problem}");
                    }
                }
            }
        }
    }

    private static IEnumerable<string> CheckToken(IMethodSymbol method)
    {
        bool isOrdinary = method.MethodKind == MethodKind.Ordinary;
        bool isAsync = isOrdinary && method.Name.EndsWith("Async", StringComparison.Ordinal);
        IParameterSymbol? token = method.Parameters.FirstOrDefault(IsToken);
        if (isAsync && !IsAwaitable(method.ReturnType))
        {
            yield return "is called Async but returns nothing that can be awaited. Return a Task or an IAsyncEnumerable, or rename it.";
        }
        else if (!isAsync && isOrdinary && IsTask(method.ReturnType) && !method.Name.StartsWith("As", StringComparison.Ordinal))
        {
            yield return "returns a task but is not called Async. Rename it (only AsTask and its like keep their names).";
        }

        if (token is null)
        {
            if (isAsync)
            {
                yield return "nobody can stop this wait. Add 'CancellationToken cancellationToken = default' as the last parameter.";
            }
        }
        else if (isOrdinary
            && (token.Name != "cancellationToken" || token.Ordinal != method.Parameters.Length - 1 || !token.HasExplicitDefaultValue))
        {
            yield return $"the token '{token.Name}' is parameter {token.Ordinal + 1} of {method.Parameters.Length}. " +
                "Make it the last one: 'CancellationToken cancellationToken = default'.";
        }
    }

    private static IEnumerable<string> CheckTimes(IMethodSymbol method) =>
        from parameter in method.Parameters
        where parameter.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Double
        where s_timeNames.Any(name => parameter.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
        select $"'{parameter.Name}' is a number, and a reader must guess its unit. Take a TimeSpan.";

    private static IEnumerable<string> CheckTwin(INamedTypeSymbol type, IMethodSymbol method)
    {
        string name = $"{type.ContainingNamespace.ToDisplayString()}.{type.Name}.{method.Name}";
        bool waits = method.Parameters.Any(parameter => parameter.Name == "timeout") || s_blocking.Contains(name);
        if (waits && !s_ownedByThreads.Contains(name) && method.MethodKind == MethodKind.Ordinary && !IsAwaitable(method.ReturnType) && !HasMember(type, method.Name + "Async"))
        {
            yield return $"blocks, and {type.Name} has no {method.Name}Async.";
        }
    }

    private static bool HasMember(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? holder = type; holder is not null; holder = holder.BaseType)
        {
            if (holder.GetMembers(name).Any(Compilations.IsVisible))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsToken(IParameterSymbol parameter) => parameter.Type.ToDisplayString() == "System.Threading.CancellationToken";

    private static bool IsTask(ITypeSymbol type) =>
        type.Name is "Task" or "ValueTask" && type.ContainingNamespace.ToDisplayString() == "System.Threading.Tasks";

    private static bool IsAwaitable(ITypeSymbol type) =>
        IsTask(type)
        || type.Name is "IAsyncEnumerable" or "IAsyncEnumerator" or "ConfiguredCancelableAsyncEnumerable"
        || type.GetMembers("GetAwaiter").Any();

    // An override, or the implementation of an interface, from another assembly has the shape that was chosen there.
    private static bool IsDictatedFromOutside(IMethodSymbol method)
    {
        IMethodSymbol root = method;
        while (root.OverriddenMethod is { } overridden)
        {
            root = overridden;
        }

        INamedTypeSymbol type = method.ContainingType;
        return !SymbolEqualityComparer.Default.Equals(root.ContainingAssembly, method.ContainingAssembly)
            || type.AllInterfaces
                .Where(contract => !SymbolEqualityComparer.Default.Equals(contract.ContainingAssembly, method.ContainingAssembly))
                .SelectMany(contract => contract.GetMembers())
                .Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), root));
    }
}
