using System.Globalization;

namespace Telar.Subprocesses;

/// <summary>A group of users, by number or by name.</summary>
/// <remarks>Python: the <c>group</c> and <c>extra_groups</c> arguments. A name is looked up when the child starts. <b>Thread safety.</b> Immutable.</remarks>
public readonly record struct GroupId
{
    private GroupId(uint number, string? name)
    {
        Number = number;
        Name = name;
    }

    /// <summary>The name, or null when the group is given by number.</summary>
    public string? Name { get; }

    internal uint Number { get; }

    /// <summary>A group by number.</summary>
    /// <param name="number">0 to 4 294 967 294; the last number of 32 bits means "nobody" to the kernel and is refused.</param>
    /// <returns>The group.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public static implicit operator GroupId(long number) => FromNumber(number);

    /// <summary>A group by name.</summary>
    /// <param name="name">The name in the system's list of groups.</param>
    /// <returns>The group.</returns>
    public static implicit operator GroupId(string name) => FromName(name);

    /// <summary>A group by number.</summary>
    /// <param name="number">0 to 4 294 967 294.</param>
    /// <returns>The group.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public static GroupId FromNumber(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, uint.MaxValue);
        return new GroupId((uint)number, null);
    }

    /// <summary>A group by name.</summary>
    /// <param name="name">The name in the system's list of groups.</param>
    /// <returns>The group.</returns>
    public static GroupId FromName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new GroupId(0, name);
    }

    /// <summary>The name, or the number.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => Name ?? Number.ToString(CultureInfo.InvariantCulture);
}
