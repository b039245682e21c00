using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Subprocesses.Launching;

/// <summary>Looks up users and groups of the system by name, wherever it keeps them (files, LDAP).</summary>
internal static unsafe class Accounts
{
    private const int FirstSize = 1024;
    private const int LargestSize = 1 << 20;

    private delegate int Lookup(string name, Interop.Libc.Account* entry, byte* buffer, nuint size, out Interop.Libc.Account* found);

    /// <summary>The number of a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="program">What is to be started, for messages.</param>
    /// <returns>The number.</returns>
    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    /// <exception cref="IOException">The list could not be read.</exception>
    internal static uint NumberOf(UserId user, string program) =>
        user.Name is null ? user.Number : Find(user.Name, "user", "getent passwd", program, Interop.Libc.getpwnam_r);

    /// <summary>The number of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="program">What is to be started, for messages.</param>
    /// <returns>The number.</returns>
    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    /// <exception cref="IOException">The list could not be read.</exception>
    internal static uint NumberOf(GroupId group, string program) =>
        group.Name is null ? group.Number : Find(group.Name, "group", "getent group", program, Interop.Libc.getgrnam_r);

    private static uint Find(string name, string kind, string list, string program, Lookup lookup)
    {
        int error = 0;
        for (int size = FirstSize; size <= LargestSize; size *= 4)
        {
            byte* buffer = (byte*)NativeMemory.Alloc((nuint)size);
            try
            {
                Interop.Libc.Account entry;
                error = lookup(name, &entry, buffer, (nuint)size, out Interop.Libc.Account* found);
                if (found is not null)
                {
                    return entry.Number;
                }
            }
            finally
            {
                NativeMemory.Free(buffer);
            }

            // Some of these an unreachable or old list says in place of "no".
            if (error is 0 or Interop.Errno.ENOENT or Interop.Errno.ESRCH or Interop.Errno.EBADF or Interop.Errno.EPERM)
            {
                throw new KeyNotFoundException(
                    $"Cannot start '{program}': this system has no {kind} '{name}' ('{list} {name}' shows what it knows).");
            }

            if (error != Interop.Errno.ERANGE)
            {
                break;
            }
        }

        throw NativeError.Exception(error, $"Cannot start '{program}': looking up {kind} '{name}' failed");
    }
}
