using Telar.Multiprocessing.Pools;

namespace Telar.Tests.Multiprocessing.Pools;

/// <summary>A call that is nothing but the core's record.</summary>
internal sealed class TestCall : PoolCall;
