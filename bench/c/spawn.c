/* The C side of the subprocess benchmarks: what the kernel and the C library take, with nothing around them.
   Reads one request a line (`name argument`), answers with nanoseconds, one number a line.
   cc -O2 -o spawn spawn.c; echo 'true 200' | ./spawn */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static char tiny[4096];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* in and out: descriptors of ours that become 0 and 1 there; -1 leaves it as it is. */
static pid_t start(char *const words[], int in, int out)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&actions, in, 0);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&actions, out, 1);
    pid_t child;
    if (posix_spawnp(&child, words[0], &actions, NULL, words, environ) != 0)
        fail(words[0]);
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

static void finish(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child || status != 0)
        fail("a child did not end with 0");
}

static void make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("pipe2");
}

/* Reads to the end, keeps it all, and returns how much it was. */
static size_t read_all(int from, size_t expected)
{
    char *data = malloc(expected + 1);
    size_t length = 0;
    ssize_t count;
    while ((count = read(from, data + length, expected + 1 - length)) > 0)
        length += count;
    free(data);
    return length;
}

static void capture(long bytes)
{
    char count[32];
    snprintf(count, sizeof count, "%ld", bytes);
    char *words[] = {"head", "-c", count, "/dev/zero", NULL};
    int ends[2];
    make_pipe(ends);
    pid_t child = start(words, -1, ends[1]);
    close(ends[1]);
    if (read_all(ends[0], bytes) != (size_t)bytes)
        fail("the output is not whole");
    close(ends[0]);
    finish(child);
}

static void pipeline(long bytes)
{
    char count[32];
    snprintf(count, sizeof count, "%ld", bytes);
    char *first[] = {"head", "-c", count, "/dev/zero", NULL};
    char *second[] = {"sh", "-c", "exec cat >/dev/null", NULL};
    int ends[2];
    make_pipe(ends);
    pid_t writer = start(first, -1, ends[1]);
    pid_t reader = start(second, ends[0], -1);
    close(ends[0]);
    close(ends[1]);
    finish(writer);
    finish(reader);
}

static void feed(long bytes)
{
    char *data = calloc(1, bytes);
    char *words[] = {"sh", "-c", "exec cat >/dev/null", NULL};
    int ends[2];
    make_pipe(ends);
    pid_t child = start(words, ends[0], -1);
    close(ends[0]);
    for (long written = 0; written < bytes;) {
        ssize_t count = write(ends[1], data + written, bytes - written);
        if (count < 0)
            fail("write");
        written += count;
    }
    close(ends[1]);
    finish(child);
    free(data);
}

static void spawn_tiny(long unused)
{
    char *words[] = {tiny, NULL};
    finish(start(words, -1, -1));
    (void)unused;
}

static void spawn_true(long unused)
{
    char *words[] = {"true", NULL};
    finish(start(words, -1, -1));
    (void)unused;
}

static int compare(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

/* The median of so many times. */
static double median(void (*operation)(long), long argument, long count)
{
    double *times = malloc(count * sizeof *times);
    for (long i = 0; i < count; i++) {
        double begun = now();
        operation(argument);
        times[i] = now() - begun;
    }
    qsort(times, count, sizeof *times, compare);
    double middle = times[count / 2];
    free(times);
    return middle;
}

int main(void)
{
    char self[4000];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        fail("/proc/self/exe");
    self[length] = 0;
    snprintf(tiny, sizeof tiny, "%s/tiny", dirname(self));

    char name[32];
    long argument;
    while (scanf("%31s %ld", name, &argument) == 2) {
        double value;
        if (strcmp(name, "tiny") == 0)
            value = median(spawn_tiny, 0, argument);
        else if (strcmp(name, "true") == 0)
            value = median(spawn_true, 0, argument);
        else if (strcmp(name, "capture") == 0)
            value = median(capture, 1024, argument);
        else if (strcmp(name, "bytes") == 0)
            value = median(capture, argument << 20, 1);
        else if (strcmp(name, "pipeline") == 0)
            value = median(pipeline, argument << 20, 1);
        else if (strcmp(name, "stdin") == 0)
            value = median(feed, argument << 20, 1);
        else
            return 2;
        printf("%.0f\n", value);
        fflush(stdout);
    }
    return 0;
}
