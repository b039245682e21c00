using System.Globalization;

namespace Telar.Subprocesses;

/// <summary>A user of the system, by number or by name.</summary>
/// <remarks>Python: the <c>user</c> argument. A name is looked up when the child starts. <b>Thread safety.</b> Immutable.</remarks>
public readonly record struct UserId
{
    private UserId(uint number, string? name)
    {
        Number = number;
        Name = name;
    }

    /// <summary>The name, or null when the user is given by number.</summary>
    public string? Name { get; }

    internal uint Number { get; }

    /// <summary>A user by number.</summary>
    /// <param name="number">0 to 4 294 967 294; the last number of 32 bits means "nobody" to the kernel and is refused.</param>
    /// <returns>The user.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public static implicit operator UserId(long number) => FromNumber(number);

    /// <summary>A user by name.</summary>
    /// <param name="name">The name in the system's list of users.</param>
    /// <returns>The user.</returns>
    public static implicit operator UserId(string name) => FromName(name);

    /// <summary>A user by number.</summary>
    /// <param name="number">0 to 4 294 967 294.</param>
    /// <returns>The user.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public static UserId FromNumber(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, uint.MaxValue);
        return new UserId((uint)number, null);
    }

    /// <summary>A user by name.</summary>
    /// <param name="name">The name in the system's list of users.</param>
    /// <returns>The user.</returns>
    public static UserId FromName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new UserId(0, name);
    }

    /// <summary>The name, or the number.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => Name ?? Number.ToString(CultureInfo.InvariantCulture);
}
