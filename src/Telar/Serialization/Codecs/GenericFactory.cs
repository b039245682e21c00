using System.Diagnostics;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>Calls a private generic method of a table by name, for type arguments that are known only now.</summary>
[StackTraceHidden]
internal static class GenericFactory
{
    internal static TResult Invoke<TResult>(Type table, string name, Type[] typeArguments) =>
        (TResult)table.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(typeArguments)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!; // not null: the table has it, and it returns an object
}
