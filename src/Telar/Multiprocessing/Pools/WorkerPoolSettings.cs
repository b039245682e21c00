using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Pools;

/// <summary>What a <see cref="WorkerPool"/> is made from.</summary>
internal sealed class WorkerPoolSettings
{
    public required string Name { get; init; }

    public required PoolPolicy Policy { get; init; }

    public StartMethod StartMethod { get; init; }

    public bool ServerGc { get; init; }

    /// <summary>From how many bytes of private memory on a worker is replaced after its call; null for never.</summary>
    public long? SoftMemoryLimit { get; init; }

    /// <summary>From how many bytes of private memory on a worker is killed; null for never.</summary>
    public long? HardMemoryLimit { get; init; }

    /// <summary>The encoded call that prepares a worker; empty for none.</summary>
    public byte[] Initializer { get; init; } = [];

    /// <summary>Takes the workers' output: worker, process id, whether it is standard error, the line.</summary>
    public required Action<string, int, bool, string> Output { get; init; }

    /// <summary>Hears what happens to the workers; null for nobody.</summary>
    public IWorkerObserver? Observer { get; init; }

    /// <summary>Encodes an initializer, once for all workers.</summary>
    /// <exception cref="SerializationException">It holds something that cannot be sent.</exception>
    public static byte[] Encode(RemoteCall? initializer)
    {
        if (initializer is null)
        {
            return [];
        }

        using PayloadWriter writer = new();
        TypedCodec.Write(writer, initializer);
        return writer.WrittenSpan.ToArray();
    }
}
