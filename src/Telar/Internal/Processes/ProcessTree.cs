using System.Runtime.InteropServices;
using System.Text;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// How a tree is killed (docs/design/child-processes.md#killing-a-tree)
//   1. Find its members, and stop each one (SIGSTOP). Again, until a look that began after all were stopped finds no more:
//      a stopped process cannot fork, so from then on the set is complete.
//   2. Kill them all, and wait until they are dead.
//   3. Look once more, and begin again when there is a new one: a fork that was under way when SIGSTOP was sent goes on to
//      its end, and its child may come after the last look. One that has SIGKILL coming forks no more.
//   A process in the middle of an exec is looked at again until it has an environment: see HasMark.
//   Killing at once instead would lose members: the children of a dead process become children of init, and only the mark
//   in their environment still tells whose they are; one that has cleaned its environment is then not to be found.
// Invariants
//   I1  A signal goes through a pidfd, opened before the process's start time was compared with the one that was judged:
//       a number that was given to a stranger meanwhile is not hit.
//   I2  The root's number counts as a parent, group or session only while the root is not reaped: as long as it is not,
//       the kernel gives the number to nobody else.

/// <summary>Kills a child and everything that it started, on Linux.</summary>
internal static class ProcessTree
{
    private const int PatienceMilliseconds = 5_000;
    private const int LongestExecMilliseconds = 200;

    /// <summary>
    /// Kills; returns when all are dead, or after 5 s, when the kernel holds one in a call that cannot be interrupted or
    /// when new ones keep escaping.
    /// </summary>
    /// <param name="root">The id of the child.</param>
    /// <param name="rootDescriptor">Its pidfd; null when it is known to have been reaped.</param>
    /// <param name="job">Its mark.</param>
    internal static void Kill(int root, SafeHandle? rootDescriptor, string job)
    {
        long began = TimeProvider.System.GetTimestamp();
        byte[] mark = Encoding.ASCII.GetBytes(job);
        var members = new Dictionary<int, Member>();
        try
        {
            do
            {
                while (Stop(Find(root, rootDescriptor, mark, members), members) && Left(began) > 0)
                {
                }

                KillAll(root, rootDescriptor, members, began);
            }
            while (Find(root, rootDescriptor, mark, members).Exists(stat => !IsKnown(stat, members)) && Left(began) > 0);
        }
        finally
        {
            foreach (Member member in members.Values)
            {
                member.Descriptor.Dispose();
            }
        }
    }

    private static double Left(long began) => PatienceMilliseconds - TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;

    // Returns when all are dead, or the time is up.
    private static void KillAll(int root, SafeHandle? rootDescriptor, Dictionary<int, Member> members, long began)
    {
        if (rootDescriptor is not null)
        {
            KillGroup(root, rootDescriptor);
            _ = Interop.Libc.pidfd_send_signal(rootDescriptor, SignalNumber.SIGKILL, 0);
        }

        foreach (Member member in members.Values)
        {
            _ = Interop.Libc.pidfd_send_signal(member.Descriptor, SignalNumber.SIGKILL, 0);
        }

        foreach (Member member in members.Values)
        {
            // A signal handler may end a wait early: only the clock or the end of the process is an answer.
            double left;
            while (member.IsOurs && (left = Left(began)) > 0 && !PidfdWait.ForEnd(member.Descriptor, (int)Math.Ceiling(left)))
            {
            }
        }
    }

    // The only step that works without /proc.
    private static void KillGroup(int root, SafeHandle rootDescriptor)
    {
        if (Interop.Libc.pidfd_send_signal(rootDescriptor, SignalNumber.SIGKILL, Interop.Libc.PIDFD_SIGNAL_PROCESS_GROUP) != 0
            && Marshal.GetLastPInvokeError() == Interop.Errno.EINVAL
            && IsPinned(rootDescriptor))
        {
            // Linux before 6.9. No such group is no harm: then the child did not lead one.
            _ = Interop.Libc.kill(-root, SignalNumber.SIGKILL);
        }
    }

    // Whether the root's number is still its own: it lives, or is a zombie.
    private static bool IsPinned(SafeHandle? rootDescriptor) =>
        rootDescriptor is not null
        && (Interop.Libc.pidfd_send_signal(rootDescriptor, 0, 0) == 0
            || Marshal.GetLastPInvokeError() != Interop.Errno.ESRCH);

    private static List<ProcStat> Find(
        int root, SafeHandle? rootDescriptor, ReadOnlySpan<byte> mark, Dictionary<int, Member> members)
    {
        while (true)
        {
            bool pinned = IsPinned(rootDescriptor);
            List<ProcStat> found = Look(pinned ? root : 0, mark, members);
            if (!pinned || IsPinned(rootDescriptor))
            {
                return found;
            }
        }
    }

    private static List<ProcStat> Look(int root, ReadOnlySpan<byte> mark, Dictionary<int, Member> members)
    {
        int self = Environment.ProcessId;

        // Nothing that is older than the root, or than this process, can be in the tree: most of a machine is not even
        // asked for its environment.
        ulong oldest = ProcStat.TryRead(root == 0 ? self : root, out ProcStat first) ? first.StartTime : 0;
        var found = new List<ProcStat>();
        var others = new List<ProcStat>();
        foreach (int pid in ProcFile.NumbersIn("/proc"))
        {
            if (pid == self || pid == 1 || !ProcStat.TryRead(pid, out ProcStat stat) || stat.IsDead || stat.StartTime < oldest)
            {
                continue;
            }

            bool isOfRoot = root != 0
                && (pid == root || stat.ParentPid == root || stat.Group == root || stat.Session == root);
            bool isIn = isOfRoot || HasMark(pid, mark);
            (isIn ? found : others).Add(stat);
        }

        var parents = new Dictionary<int, ulong>();
        foreach (Member member in members.Values)
        {
            parents[member.Pid] = member.StartTime;
        }

        foreach (ProcStat stat in found)
        {
            parents[stat.Pid] = stat.StartTime;
        }

        bool more = true;
        while (more)
        {
            more = false;
            for (int i = others.Count - 1; i >= 0; i--)
            {
                ProcStat stat = others[i];
                if (parents.TryGetValue(stat.ParentPid, out ulong parentStart) && parentStart <= stat.StartTime)
                {
                    parents[stat.Pid] = stat.StartTime;
                    found.Add(stat);
                    others.RemoveAt(i);
                    more = true;
                }
            }
        }

        return found;
    }

    // In the middle of an exec a process has no environment, and an orphan then looks like a stranger: it is looked at again.
    private static bool HasMark(int pid, ReadOnlySpan<byte> mark)
    {
        int waited = 0;
        bool isLast = false;
        while (true)
        {
            bool? hasMark = ProcFile.EnvironmentContains(pid, "TELAR_JOB="u8, mark);
            if (hasMark is not null || isLast)
            {
                return hasMark == true;
            }

            // One that is not in an exec has just ended it, or has no environment at all.
            isLast = !ProcStat.IsInExec(pid) || waited++ == LongestExecMilliseconds;
            if (!isLast)
            {
                PidfdWait.Pause(1);
            }
        }
    }

    // Returns whether there was a new one among them.
    private static bool Stop(List<ProcStat> found, Dictionary<int, Member> members)
    {
        bool any = false;
        foreach (ProcStat stat in found)
        {
            if (IsKnown(stat, members))
            {
                continue;
            }

            var descriptor = new SafeDescriptor(Interop.Libc.pidfd_open(stat.Pid));
            if (descriptor.IsInvalid || !ProcStat.TryRead(stat.Pid, out ProcStat now) || now.StartTime != stat.StartTime)
            {
                descriptor.Dispose();
                continue;
            }

            if (members.TryGetValue(stat.Pid, out Member? former))
            {
                former.Descriptor.Dispose(); // Its number was given to a new process.
            }

            // One that runs as another user is remembered, so as not to be found for ever, but not ours to wait for.
            bool isOurs = Interop.Libc.pidfd_send_signal(descriptor, SignalNumber.SIGSTOP, 0) == 0;
            members[stat.Pid] = new Member(stat.Pid, stat.StartTime, descriptor, isOurs);
            any = true;
        }

        return any;
    }

    private static bool IsKnown(ProcStat stat, Dictionary<int, Member> members) =>
        members.TryGetValue(stat.Pid, out Member? known) && known.StartTime == stat.StartTime;

    private sealed record Member(int Pid, ulong StartTime, SafeDescriptor Descriptor, bool IsOurs);
}
