using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Futures.Calls;

/// <summary>Calls of the commonest shapes, for a standby worker to run while it waits.</summary>
/// <remarks>Code over a value type is compiled for each: a first call that returns a number would otherwise pay for that.</remarks>
internal static class WarmUpCalls
{
    // The layers below must not know this one, so it makes itself known: one delegate, set when the assembly is loaded.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It sets one static field and runs no code of the user's.")]
    internal static void Register() => WorkerWarmUp.MakeCalls = Make;

    private static RemoteCall[] Make()
    {
        int captured = 1;
        return
        [
            new ActionCall(static () => { }),
            new FuncCall<int>(() => captured),
            new FuncCall<long>(static () => 1),
            new FuncCall<double>(static () => 1),
            new FuncCall<bool>(static () => true),
            new FuncCall<string>(static () => ""),
            new FuncCall<object>(static () => ""),
            new AsyncFuncCall<int>(static () => Task.FromResult(1)),
            new TokenFuncCall<int>(static _ => 1),
            new ArgFuncCall<int, int>(static number => number, 1),
            new ArgFuncCall<string, string>(static text => text, ""),
            new MapChunkCall<int, int>(static number => number, [1]),
            new MapChunkCall<string, string>(static text => text, [""]),
        ];
    }
}
