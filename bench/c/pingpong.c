/* C's side of the micro benchmarks: two threads that wake each other through a futex, with nothing around it.
   Reads `name argument` lines, answers each with nanoseconds an operation. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic int turn;
static int rounds;

static void futex_wait(_Atomic int *word, int value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic int *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void play(int mine) {
    for (int i = 0; i < rounds; i++) {
        while (atomic_load(&turn) != mine)
            futex_wait(&turn, 1 - mine);
        atomic_store(&turn, 1 - mine);
        futex_wake(&turn);
    }
}

/* -1 leaves the thread where the kernel puts it. */
static int places[2];

static void settle(int mine) {
    cpu_set_t set;
    if (places[mine] < 0)
        return;
    CPU_ZERO(&set);
    CPU_SET(places[mine], &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static void *pong(void *unused) {
    settle(1);
    play(1);
    return unused;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void *ping(void *unused) {
    settle(0);
    play(0);
    return unused;
}

/* There and back. */
static double round_trip(int count, int first, int second) {
    pthread_t one, other;
    rounds = count;
    places[0] = first;
    places[1] = second;
    atomic_store(&turn, 0);
    double begun = now();
    pthread_create(&other, NULL, pong, NULL);
    pthread_create(&one, NULL, ping, NULL);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    return (now() - begun) / count;
}

int main(void) {
    char name[32];
    int argument;
    while (scanf("%31s %d", name, &argument) == 2) {
        int apart = strcmp(name, "futex_apart") == 0;
        printf("%.3f\n", apart ? round_trip(argument, 0, 1) : round_trip(argument, -1, -1));
        fflush(stdout);
    }
    return 0;
}
