namespace Telar.Internal.Framing;

/// <summary>What a frame between a parent and its worker says.</summary>
internal enum FrameKind : byte
{
    /// <summary>Never sent; a zeroed header is damage.</summary>
    None = 0,

    /// <summary>Parent to worker: name and initializer; the worker answers <see cref="Ready"/> or <see cref="StartFailed"/>.</summary>
    Configure = 1,

    /// <summary>Parent to worker: run the call in the payload.</summary>
    Call = 2,

    /// <summary>Parent to worker: finish what was sent and exit with code 0.</summary>
    Stop = 3,

    /// <summary>Parent to worker, on the control socket: cancel a token of the call with this sequence number.</summary>
    Cancel = 4,

    /// <summary>Parent to worker, on the control socket: describe what your threads wait for; the answer is <see cref="State"/>.</summary>
    DescribeState = 5,

    /// <summary>Parent to worker: a descriptor that the next call's arguments hold; they are numbered in the order of these frames.</summary>
    Descriptor = 6,

    /// <summary>Worker to parent: the process is up, before any configuration.</summary>
    Hello = 16,

    /// <summary>Worker to parent: configured, the initializer has run.</summary>
    Ready = 17,

    /// <summary>Worker to parent: configuration or initializer failed; the payload is the exception.</summary>
    StartFailed = 18,

    /// <summary>Worker to parent: the call's value.</summary>
    Result = 19,

    /// <summary>Worker to parent: the call's exception.</summary>
    Failure = 20,

    /// <summary>Worker to parent: how far the call has come.</summary>
    Progress = 23,

    /// <summary>Worker to parent: the call ended with a cancellation that had been asked for; the payload is the exception.</summary>
    Cancelled = 21,

    /// <summary>Worker to parent, on the control socket: what its threads wait for, as text in UTF-8.</summary>
    State = 22,
}
