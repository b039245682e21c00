using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>What a call sees of the interpreter where it runs: takes the result and packs it there.</summary>
internal sealed class CallRecorder(CancellationToken cancellationToken) : RemoteCallContext
{
    /// <summary>The packed result; <see langword="null"/> until there is one.</summary>
    public Parcel? Value { get; private set; }

    public override CancellationToken CancellationToken => cancellationToken;

    // An interpreter pool has set it on this thread before it came in here.
    public override bool HasTaskContext => true;

    public override void SetResult<T>(T value) => Value = Parcel.Pack(value);
}
