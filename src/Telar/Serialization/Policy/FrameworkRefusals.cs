namespace Telar.Serialization;

/// <summary>Says for types of the platform why they stay where they are. Only messages come from here: everything not known is refused anyway.</summary>
internal static class FrameworkRefusals
{
    private const string OfThisProcess = "it stands for something that only this process has";
    private const string CreateThere = "Create it inside the call, and send what it is made from.";

    // By exact name of the type or of one of its base classes; typeof would load assemblies that the program may never use.
    private static readonly Dictionary<string, (string Reason, string Remedy)> s_byName = new()
    {
        ["System.Object"] = ("a plain object is only good for its identity, for a lock most often, and that ends with the process",
            "Lock where the calls are submitted, or leave the object out."),
        ["System.IO.Stream"] = (OfThisProcess, "Open it inside the call and send the path, or send the bytes."),
        ["System.IO.TextReader"] = (OfThisProcess, "Open it inside the call and send the path, or send the text."),
        ["System.IO.TextWriter"] = (OfThisProcess, "Write inside the call to a writer made there, or return the text."),
        ["System.Threading.Tasks.Task"] = ("it is completed by this process alone", "Await it first and send its result."),
        ["System.Threading.Tasks.ValueTask"] = ("it is completed by this process alone", "Await it first and send its result."),
        ["System.Threading.Tasks.ValueTask`1"] = ("it is completed by this process alone", "Await it first and send its result."),
        ["System.Threading.Tasks.TaskCompletionSource"] = ("it is completed by this process alone", "Await its task and send the result."),
        ["System.Threading.Tasks.TaskCompletionSource`1"] = ("it is completed by this process alone", "Await its task and send the result."),
        ["System.Threading.Thread"] = (OfThisProcess, "Send what the thread works on."),
        ["System.Threading.Timer"] = (OfThisProcess, CreateThere),
        ["System.Threading.CancellationTokenSource"] = (OfThisProcess, "Capture its Token instead: tokens are carried over."),
        ["System.Threading.CancellationTokenRegistration"] = (OfThisProcess, "Register inside the call."),
        ["System.Threading.Lock"] = ("it locks the threads of this process only", "Lock where the calls are submitted, and send what the lock guards."),
        ["System.Threading.SemaphoreSlim"] = ("it locks the threads of this process only", "Limit the calls where they are submitted (MaxWorkers, MapOptions.Window)."),
        ["System.Threading.ManualResetEventSlim"] = ("it wakes the threads of this process only", "Tell a call to stop by a CancellationToken, which is carried over; learn of its end by its future."),
        ["System.Threading.CountdownEvent"] = ("it wakes the threads of this process only", "Tell a call to stop by a CancellationToken, which is carried over; learn of its end by its future."),
        ["System.Threading.Barrier"] = ("it joins the threads of this process only", "Join the calls where they are submitted, by their futures."),
        ["System.Threading.ReaderWriterLockSlim"] = ("it locks the threads of this process only", "Lock where the calls are submitted, and send what the lock guards."),
        ["System.Threading.WaitHandle"] = ("a handle means nothing in another process", "Tell a call to stop by a CancellationToken, which is carried over; learn of its end by its future."),
        ["System.Threading.ThreadLocal`1"] = (OfThisProcess, "Send its Value."),
        ["System.Threading.AsyncLocal`1"] = (OfThisProcess, "Send its Value."),
        ["System.Threading.ExecutionContext"] = (OfThisProcess, "Send the values it carries."),
        ["System.Runtime.InteropServices.SafeHandle"] = ("a handle means nothing in another process", CreateThere),
        ["System.Runtime.InteropServices.GCHandle"] = ("a handle means nothing in another process", "Send the object it refers to."),
        ["System.IntPtr"] = ("an address or handle means nothing in another process", "Send the data it points to; if it is a number, use long."),
        ["System.UIntPtr"] = ("an address or handle means nothing in another process", "Send the data it points to; if it is a number, use ulong."),
        ["System.RuntimeTypeHandle"] = ("a handle means nothing in another process", "Send the Type."),
        ["System.RuntimeMethodHandle"] = ("a handle means nothing in another process", "Send a delegate."),
        ["System.HashCode"] = ("hash codes differ from process to process", "Compute it inside the call."),
        ["System.WeakReference"] = ("it would not keep its target alive on the way", "Send the target."),
        ["System.WeakReference`1"] = ("it would not keep its target alive on the way", "Send the target."),
        ["System.Random"] = ("its state cannot be read, so a copy would give other numbers", "Send a seed and create new Random(seed) inside the call."),
        ["System.Lazy`1"] = ("it has no value yet, and making one here would run your code at an unexpected moment",
            "Read its Value before you send it, or send what the value is made from."),
        ["System.Diagnostics.Process"] = (OfThisProcess, "Send its Id."),
        ["System.Diagnostics.Stopwatch"] = ("it counts from a moment of this process", "Send its Elapsed."),
        ["System.Net.Sockets.Socket"] = (OfThisProcess, "Send the address and connect inside the call."),
        ["System.Net.Sockets.TcpClient"] = (OfThisProcess, "Send the address and connect inside the call."),
        ["System.Net.Http.HttpMessageInvoker"] = ("it holds the connections of this process", CreateThere),
        ["System.Data.Common.DbConnection"] = ("it holds a connection of this process", "Send the connection string and connect inside the call."),
        ["System.Linq.Expressions.Expression"] = ("an expression tree is not data", "Send a lambda, or what the expression is made from."),
        ["System.Text.Json.JsonDocument"] = ("its memory is pooled", "Send its text."),
        ["System.Text.Json.JsonElement"] = ("its memory is pooled", "Send its GetRawText()."),
        ["System.Collections.Generic.LinkedListNode`1"] = ("it belongs to a list", "Send its Value, or the list."),
        ["System.Linq.Lookup`2"] = ("it cannot be rebuilt with its comparer",
            "Send a dictionary of lists: ToDictionary(group => group.Key, group => group.ToList())."),
        ["System.Linq.Grouping`2"] = ("it is a part of a query's result", "Send its Key and ToList() of it."),
        ["System.Reflection.Assembly"] = (OfThisProcess, "Send its name, or a Type of it."),
        ["System.Reflection.MemberInfo"] = ("only types and methods are sent by identity", "Send the declaring Type and the name."),
    };

    internal static Refusal For(Type type)
    {
        if (type.FullName is { } full && full.StartsWith("System.Linq.Enumerable+", StringComparison.Ordinal))
        {
            return new Refusal(type, "it is a query that has not run yet", "Run it with ToList() or ToArray() before you send it.");
        }

        for (Type? level = type; level is not null; level = level.BaseType)
        {
            if (level == typeof(object) && type != typeof(object))
            {
                break;
            }

            string? name = level.IsConstructedGenericType ? level.GetGenericTypeDefinition().FullName : level.FullName;
            if (name is not null && s_byName.TryGetValue(name, out (string Reason, string Remedy) found))
            {
                return new Refusal(type, found.Reason, found.Remedy);
            }
        }

        return new Refusal(type, "it is not one of the types of .NET that Telar knows how to rebuild", "Create it inside the call, or send the data it holds.");
    }
}
