namespace Telar.Serialization;

/// <summary>How a delegate is bound.</summary>
internal enum DelegateKind : byte
{
    /// <summary>A method alone: a static one, or an instance method whose instance is the first argument of each call.</summary>
    Open,

    /// <summary>A lambda that captures nothing; each process has its own instance for these.</summary>
    Stateless,

    /// <summary>A method with a first argument.</summary>
    Closed,

    /// <summary>Several delegates of the same type.</summary>
    Multicast,
}
