/* C's side of the micro benchmarks: two threads that wake each other through a futex, with nothing around it.
   Reads `name argument` lines, answers each with nanoseconds an operation. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
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

static void *pong(void *unused) {
    play(1);
    return unused;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

/* There and back. */
static double round_trip(int count) {
    pthread_t other;
    rounds = count;
    atomic_store(&turn, 0);
    pthread_create(&other, NULL, pong, NULL);
    double begun = now();
    play(0);
    pthread_join(other, NULL);
    return (now() - begun) / count;
}

int main(void) {
    char name[32];
    int argument;
    while (scanf("%31s %d", name, &argument) == 2) {
        printf("%.3f\n", strcmp(name, "futex") == 0 ? round_trip(argument) : -1.0);
        fflush(stdout);
    }
    return 0;
}
