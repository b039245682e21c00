using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>An object that travels as its descriptor: the receiver gets a duplicate and makes an object of the same kind around it.</summary>
internal interface IDescriptorHolder
{
    /// <summary>The descriptor to duplicate.</summary>
    /// <exception cref="ObjectDisposedException">The object is closed.</exception>
    SafeHandle Descriptor { get; }

    /// <summary>What the receiver must know beside the descriptor.</summary>
    byte Traits { get; }
}

/// <summary>The receiving side of <see cref="IDescriptorHolder"/>.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal interface IDescriptorHolder<TSelf> : IDescriptorHolder
    where TSelf : class, IDescriptorHolder<TSelf>
{
    /// <summary>Makes an object around a descriptor that has arrived.</summary>
    /// <param name="descriptor">The object's from now on; the caller's when this throws.</param>
    /// <param name="traits">What the sender's <see cref="IDescriptorHolder.Traits"/> was. Unchecked input.</param>
    /// <exception cref="SerializationException">It is no descriptor of this kind.</exception>
    static abstract TSelf Adopt(SafeHandle descriptor, byte traits);
}
