namespace Telar.Queues;

/// <summary>What <see cref="Queue.Select{T}"/> took, and from where.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
/// <typeparam name="T">What travels through the queues.</typeparam>
/// <param name="Index">Which of the queues it was, counted from 0 in the order in which they were given.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Item">The item, which is not in the queue any more.</param>
public readonly record struct QueueSelection<T>(int Index, IQueue<T> Queue, T Item);
