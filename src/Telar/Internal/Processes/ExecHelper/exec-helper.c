// The exec helper: does in the child what posix_spawn cannot say, and then becomes the program.
//
//   exec-helper STEPS COUNT FILE.. ARGUMENT..
//
// STEPS are done in order, blanks between them. COUNT files follow, which are tried in order as execvp does it, and then the
// program's arguments, its own name first. The environment is handed on.
//
//   eN       N is the descriptor that takes the report; it is closed by the exec
//   cN       close descriptor N
//   gN:A:B   the N supplementary groups
//   iN       the group
//   lR:S:H   soft and hard limit of resource R
//   nN       add N to the niceness
//   mN       the umask
//   uN       the user
//   dN       be killed when the parent, process N, ends
//
// When something fails, a report of three ints goes to the descriptor of step e: the number of the step from 0 (or -1: the
// exec), the error, the number of the file from 0. No report before the end of that descriptor: the program runs.
//
// No C library: only system calls, no data that is written to, no stack beyond a few hundred bytes and the list of groups.

typedef unsigned long ulong;

#if defined(__x86_64__)

enum
{
    SYS_write = 1, SYS_close = 3, SYS_getpid = 39, SYS_execve = 59, SYS_exit = 60, SYS_kill = 62, SYS_fcntl = 72,
    SYS_umask = 95, SYS_getppid = 110, SYS_setgroups = 116, SYS_setresuid = 117, SYS_setresgid = 119,
    SYS_getpriority = 140, SYS_setpriority = 141, SYS_prctl = 157, SYS_prlimit64 = 302,
};

__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call run\n hlt\n");

static long syscall4(long number, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

enum
{
    SYS_fcntl = 25, SYS_close = 57, SYS_write = 64, SYS_exit = 93, SYS_kill = 129, SYS_setpriority = 140,
    SYS_getpriority = 141, SYS_setresuid = 147, SYS_setresgid = 149, SYS_setgroups = 159, SYS_umask = 166, SYS_prctl = 167,
    SYS_getpid = 172, SYS_getppid = 173, SYS_execve = 221, SYS_prlimit64 = 261,
};

__asm__(".globl _start\n_start:\n mov x29, xzr\n mov x0, sp\n bl run\n brk #1\n");

static long syscall4(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}

#else
#error "The system calls of this architecture have not been written down."
#endif

enum
{
    ENOENT = 2, EACCES = 13, ENOTDIR = 20, EINVAL = 22,
    F_SETFD = 2, FD_CLOEXEC = 1, PR_SET_PDEATHSIG = 1, SIGKILL = 9, PRIO_PROCESS = 0, LEAST_NICE = -20, MOST_NICE = 19,
};

static void fail(long descriptor, int step, long error, int file)
{
    int report[3] = { step, (int)error, file };
    syscall4(SYS_write, descriptor, (long)report, sizeof report, 0);
    syscall4(SYS_exit, 127, 0, 0, 0);
}

// Reads a number and the colon after it.
static ulong number(const char **text)
{
    int negative = **text == '-';
    ulong value = 0;
    for (*text += negative; **text >= '0' && **text <= '9'; ++*text)
    {
        value = value * 10 + (ulong)(**text - '0');
    }

    *text += **text == ':';
    return negative ? 0 - value : value;
}

static long groups(const char **text)
{
    ulong count = number(text);
    unsigned list[count + 1];
    for (ulong i = 0; i < count; ++i)
    {
        list[i] = (unsigned)number(text);
    }

    return syscall4(SYS_setgroups, (long)count, (long)list, 0, 0);
}

static long limit(const char **text)
{
    long resource = (long)number(text);
    ulong limits[2];
    limits[0] = number(text);
    limits[1] = number(text);
    return syscall4(SYS_prlimit64, 0, resource, (long)limits, 0);
}

static long nice(long step)
{
    // The kernel tells 20 minus the niceness, so that it is above zero.
    long niceness = 20 - syscall4(SYS_getpriority, PRIO_PROCESS, 0, 0, 0) + step;
    niceness = niceness < LEAST_NICE ? LEAST_NICE : niceness > MOST_NICE ? MOST_NICE : niceness;
    return syscall4(SYS_setpriority, PRIO_PROCESS, 0, niceness, 0);
}

static long die_with(long parent)
{
    long result = syscall4(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);

    // A parent that has ended before sends no signal. 0 is a parent outside of this process's namespace.
    long now = syscall4(SYS_getppid, 0, 0, 0, 0);
    if (now != parent && now != 0)
    {
        syscall4(SYS_kill, syscall4(SYS_getpid, 0, 0, 0, 0), SIGKILL, 0, 0);
    }

    return result;
}

static long step(char what, const char **text)
{
    long value;
    switch (what)
    {
        case 'g':
            return groups(text);
        case 'l':
            return limit(text);
        default:
            break;
    }

    value = (long)number(text);
    switch (what)
    {
        case 'e':
            return syscall4(SYS_fcntl, value, F_SETFD, FD_CLOEXEC, 0);
        case 'c':
            return syscall4(SYS_close, value, 0, 0, 0);
        case 'i':
            return syscall4(SYS_setresgid, value, value, value, 0);
        case 'n':
            return nice(value);
        case 'm':
            return syscall4(SYS_umask, value, 0, 0, 0);
        case 'u':
            return syscall4(SYS_setresuid, value, value, value, 0);
        case 'd':
            return die_with(value);
        default:
            return -EINVAL;
    }
}

// The stack as the kernel hands it over: the number of arguments, the arguments, a null, the environment.
__attribute__((used)) static void run(ulong *stack)
{
    char **arguments = (char **)(stack + 1);
    char **environment = arguments + stack[0] + 1;
    const char *text = arguments[1];
    long descriptor = -1;
    for (int i = 0; *text != 0; ++i)
    {
        char what = *text++;
        const char *value = text;
        long result = step(what, &text);
        if (result < 0)
        {
            fail(descriptor, i, -result, 0);
        }

        if (what == 'e')
        {
            descriptor = (long)number(&value);
        }

        text += *text == ' ';
    }

    const char *count_text = arguments[2];
    int count = (int)number(&count_text);
    char **files = arguments + 3;
    long error = ENOENT;
    int tried = 0;
    for (int i = 0; i < count; ++i)
    {
        long result = -syscall4(SYS_execve, (long)files[i], (long)(files + count), (long)environment, 0);
        int go_on = result == ENOENT || result == ENOTDIR || result == EACCES;

        // A file that was there but not for us is what the caller wants to hear of.
        if (i == 0 || !go_on || error != EACCES)
        {
            error = result;
            tried = i;
        }

        if (!go_on)
        {
            break;
        }
    }

    fail(descriptor, -1, error, tried);
}
