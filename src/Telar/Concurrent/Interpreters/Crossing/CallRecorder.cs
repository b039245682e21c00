using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>What a call sees of the interpreter where it runs: takes the result and packs it there.</summary>
internal sealed class CallRecorder(CancellationToken cancellationToken) : RemoteCallContext
{
    /// <summary>The packed result; <see langword="null"/> until there is one.</summary>
    public Parcel? Value { get; private set; }

    public override CancellationToken CancellationToken => cancellationToken;

    public override void SetResult<T>(T value) => Value = Parcel.Pack(value);
}
