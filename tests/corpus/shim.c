/* Makes the disk misbehave for marks.jsonl only: SHIM=short | eio-write | eio-sync-once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int wanted(int fd, const char *mode) {
    char link[64], path[4096];
    const char *now = getenv("SHIM");
    if (!now || strcmp(now, mode)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return strstr(path, "/marks.jsonl") != NULL;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    static int writes = 0;
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (wanted(fd, "short")) return real(fd, bytes, size > 7 ? 7 : size);
    if (wanted(fd, "eio-write")) {
        if (writes++ % 2 == 0) return real(fd, bytes, size / 2);
        errno = EIO;
        return -1;
    }
    return real(fd, bytes, size);
}

int fsync(int fd) {
    static int failed = 0;
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    if (wanted(fd, "eio-sync-once") && !failed++) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}
