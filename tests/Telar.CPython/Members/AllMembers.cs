using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

/// <summary>Every member that the shim can call.</summary>
internal static class AllMembers
{
    public static MemberTable Table()
    {
        var members = new MemberTable();
        RuntimeMembers.AddTo(members);
        ContextVarsMembers.AddTo(members);
        QueueMembers.AddTo(members);
        SchedMembers.AddTo(members);
        LockMembers.AddTo(members);
        CoordinationMembers.AddTo(members);
        ThreadMembers.AddTo(members);
        SubprocessMembers.AddTo(members);
        FutureMembers.AddTo(members);
        ExecutorMembers.AddTo(members);
        ConnectionMembers.AddTo(members);
        return members;
    }
}
