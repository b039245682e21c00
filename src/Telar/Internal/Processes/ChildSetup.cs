using System.Globalization;

namespace Telar.Internal.Processes;

/// <summary>What is done in a child before its program begins, beyond what posix_spawn can say: the exec helper does it.</summary>
internal sealed record ChildSetup
{
    /// <summary>The user.</summary>
    /// <value>Default null: that of this process.</value>
    internal (uint Number, string Name)? User { get; init; }

    /// <summary>The group.</summary>
    /// <value>Default null: that of this process.</value>
    internal (uint Number, string Name)? Group { get; init; }

    /// <summary>The supplementary groups.</summary>
    /// <value>Default null: those of this process.</value>
    internal IReadOnlyList<uint>? ExtraGroups { get; init; }

    /// <summary>The bits that new files do not get.</summary>
    /// <value>Default null: those of this process.</value>
    internal int? Umask { get; init; }

    /// <summary>What is added to the niceness.</summary>
    /// <value>Default null: nothing.</value>
    internal int? Nice { get; init; }

    /// <summary>The limits of resources.</summary>
    /// <value>Default: those of this process.</value>
    internal IReadOnlyList<ChildLimit> Limits { get; init; } = [];

    /// <summary>Whether the child is killed when the thread that starts it ends: the immortal one of <see cref="SpawnThread"/>.</summary>
    /// <value>Default false.</value>
    internal bool DiesWithParent { get; init; }

    /// <summary>The steps, in the order in which they are done: what takes rights before the user is given up.</summary>
    /// <returns>The steps.</returns>
    internal List<ExecStep> Steps()
    {
        var steps = new List<ExecStep>();
        if (ExtraGroups is not null)
        {
            string list = string.Concat(ExtraGroups.Select(static group => string.Create(CultureInfo.InvariantCulture, $":{group}")));
            steps.Add(new($"g{ExtraGroups.Count}{list}", nameof(ExtraGroups), "setting the extra groups (setgroups)", "It takes root (CAP_SETGID)."));
        }

        if (Group is var (group, groupName))
        {
            steps.Add(new($"i{group}", nameof(Group), $"becoming group {groupName} (setresgid)", "It takes root (CAP_SETGID)."));
        }

        foreach (ChildLimit limit in Limits)
        {
            steps.Add(new(
                string.Create(CultureInfo.InvariantCulture, $"l{limit.Resource}:{limit.Soft}:{limit.Hard}"),
                nameof(Limits),
                $"setting the limit {limit.Name} to {limit.Soft} (prlimit)",
                "Only root may raise a limit above that of this process."));
        }

        if (Nice is int nice)
        {
            steps.Add(new($"n{nice}", nameof(Nice), $"adding {nice} to the niceness (setpriority)", "Below 0 it takes root (CAP_SYS_NICE)."));
        }

        if (Umask is int umask)
        {
            steps.Add(new($"m{umask}", nameof(Umask), "setting the umask", ""));
        }

        if (User is var (user, userName))
        {
            steps.Add(new($"u{user}", nameof(User), $"becoming user {userName} (setresuid)", "It takes root (CAP_SETUID)."));
        }

        if (DiesWithParent)
        {
            // After the change of user, which takes this back.
            steps.Add(new($"d{Environment.ProcessId}", "KillOnParentExit", "asking for the end of the parent (prctl)", ""));
        }

        return steps;
    }
}
