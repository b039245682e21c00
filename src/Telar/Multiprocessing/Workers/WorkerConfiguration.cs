using System.Buffers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>What a parent tells a worker once, before its first call.</summary>
internal sealed class WorkerConfiguration
{
    public required string Name { get; init; }

    /// <summary>How many processors the worker should keep busy.</summary>
    public required int ProcessorBudget { get; init; }

    public RemoteCall? Initializer { get; init; }

    /// <param name="writer">Takes the configuration.</param>
    /// <param name="name">The worker's name.</param>
    /// <param name="processorBudget">How many processors it should keep busy.</param>
    /// <param name="initializer">The encoded initializer; empty for none.</param>
    public static void Write(PayloadWriter writer, string name, int processorBudget, ReadOnlySpan<byte> initializer)
    {
        TypedCodec.Write(writer, name);
        writer.WriteInt32(processorBudget);
        writer.Write(initializer);
    }

    public static WorkerConfiguration Read(ReadOnlyMemory<byte> payload)
    {
        PayloadReader reader = new(payload);
        return new WorkerConfiguration
        {
            Name = TypedCodec.Read<string>(reader),
            ProcessorBudget = reader.ReadInt32(),
            Initializer = reader.Remaining == 0 ? null : TypedCodec.Read<RemoteCall>(reader),
        };
    }

    public void Initialize() => Initializer?.Execute(new InitializerContext());

    private sealed class InitializerContext : RemoteCallContext
    {
        public override CancellationToken CancellationToken => CancellationToken.None;

        public override void SetResult<T>(T value)
        {
            // An initializer works by its effects; its value has no reader.
        }
    }
}
