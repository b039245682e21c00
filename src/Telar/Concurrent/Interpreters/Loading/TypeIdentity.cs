using System.Runtime.Loader;
using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

/// <summary>Names types so that two of one name can be told apart.</summary>
internal static class TypeIdentity
{
    /// <summary>For example: App.Job of assembly App in interpreter 3 'worker_0'.</summary>
    public static string Describe(Type type)
    {
        AssemblyLoadContext? context = AssemblyLoadContext.GetLoadContext(type.Assembly);
        string place = context is InterpreterLoadContext own ? $"interpreter {own.Interpreter.Id} '{own.Name}'"
            : context == AssemblyLoadContext.Default ? "the program" : $"load context '{context?.Name}'";
        return $"{TypeNames.Of(type)} of assembly {type.Assembly.GetName().Name} in {place}";
    }
}
