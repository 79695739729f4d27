/*
 * The system calls on the spool's files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_POSIX_SPOOL_H
#define TPC_POSIX_SPOOL_H

#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/*
 * Locks on single bytes that belong to the open file (F_OFD_SETLK, Linux 3.15): they end when its last descriptor is closed, and not,
 * as POSIX's own do, when this process closes any descriptor of the file. By number: glibc names them with _GNU_SOURCE only. None of
 * them waits.
 */
static inline int tpc_posix_change_lock(int descriptor, int command, short type, int byte) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    int result = fcntl(descriptor, command, &lock);
    return command == 36 && result == 0 ? lock.l_type != F_UNLCK : result;
}
static inline int tpc_posix_lock_byte(int descriptor, int byte) { return tpc_posix_change_lock(descriptor, 37, F_WRLCK, byte); }
static inline int tpc_posix_unlock_byte(int descriptor, int byte) { return tpc_posix_change_lock(descriptor, 37, F_UNLCK, byte); }
/* Whether somebody else holds the lock: 1, 0, or -1 when the system cannot tell. */
static inline int tpc_posix_is_byte_locked(int descriptor, int byte) { return tpc_posix_change_lock(descriptor, 36, F_WRLCK, byte); }

/* Writes at an offset. Whether all of it was written. */
static inline int tpc_posix_write_at(int descriptor, const void *bytes, size_t size, off_t offset) {
    return pwrite(descriptor, bytes, size, offset) == (ssize_t)size;
}

/* Reads at an offset, until the buffer is full or the file ends. Returns how many bytes, or -1: a part may end within a record. */
static inline ssize_t tpc_posix_read_at(int descriptor, void *target, size_t size, off_t offset) {
    size_t done = 0;
    while (done < size) {
        ssize_t count = pread(descriptor, (char *)target + done, size - done, offset + (off_t)done);
        // An interruption counts like any other failure, which is tried again later: a file system may interrupt every read.
        if (count < 0) return -1;
        if (count == 0) break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

/*
 * The largest offset that this process may write to, at most `most`: beyond it, SIGXFSZ would end the process. It is asked before each
 * write, and the C library's getrlimit makes a call that takes longer, prlimit64. (Where the numbers are of 32 bits, so are these.)
 */
static inline int64_t tpc_posix_file_limit(int64_t most) {
    struct rlimit limit;
#if defined(SYS_getrlimit) && __SIZEOF_LONG__ == 8
    if (syscall(SYS_getrlimit, RLIMIT_FSIZE, &limit) != 0)
#endif
        if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return most;
    return limit.rlim_cur < (rlim_t)most ? (int64_t)limit.rlim_cur : most;
}

/*
 * A number for a descriptor that the host's next file does not get: half way up to the limit, but not so high that the system needs
 * a large table, which each fork copies.
 */
static inline int tpc_posix_high_descriptor(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
    rlim_t half = limit.rlim_cur / 2;
    return half > 4000 ? 4000 : half > 256 ? (int)half : 256;
}

struct tpc_posix_file {
    uint64_t inode;
    int64_t size;
    uint32_t links;
    /* A regular file of this user's that nobody else may read. */
    uint32_t is_private;
};
/*
 * fstat(2) asks for the times, and the next write then has to note a finer one, which costs it more than the write itself (Linux
 * 6.13). statx(2) does not. Its struct (Linux 4.11) is declared here: glibc names it with _GNU_SOURCE only.
 */
struct tpc_posix_status {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, unused;
    uint64_t inode, size, rest[26];
};
static inline int tpc_posix_look(int descriptor, struct tpc_posix_file *file) {
    struct tpc_posix_status status;
    struct stat found;
    if (syscall(SYS_statx, descriptor, "", 0x1000 /* AT_EMPTY_PATH */, 0x30F /* type, mode, links, user, inode, size */, &status) == 0) {
        file->inode = status.inode;
        file->size = (int64_t)status.size;
        file->links = status.links;
        file->is_private = S_ISREG(status.mode) && status.user == geteuid() && (status.mode & 077) == 0;
        return 0;
    }
    if (errno == EBADF || fstat(descriptor, &found) != 0) return -1;
    file->inode = found.st_ino;
    file->size = found.st_size;
    file->links = (uint32_t)found.st_nlink;
    file->is_private = S_ISREG(found.st_mode) && found.st_uid == geteuid() && (found.st_mode & 077) == 0;
    return 0;
}

static inline int tpc_posix_create_at(int folder, const char *name) {
    int made = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (made >= 0) (void)fchmod(made, 0600); /* whatever the umask is */
    return made;
}
/* An existing file; a FIFO does not make it wait. */
static inline int tpc_posix_open_file_at(int folder, const char *name) {
    return openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}
/* The file that whoever sends for all processes locks. */
static inline int tpc_posix_open_sender(int folder) {
    return openat(folder, "sender-0", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
}
static inline int tpc_posix_open_folder_at(int folder, const char *name) {
    return openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* What a folder may be refused for. */
enum { TPC_FOLDER_IS_FINE, TPC_FOLDER_FAILS, TPC_FOLDER_IS_FOREIGN, TPC_FOLDER_IS_SHARED, TPC_FOLDER_IS_REMOTE };
/*
 * Whether a folder belongs to this user alone, and is on a file system whose locks hold: those of network file systems are lost
 * with the connection, and a write there may wait for minutes.
 */
static inline int tpc_posix_folder_flaw(int folder) {
    static const uint32_t local[] = {
        0xEF53 /* ext2 to ext4 */, 0x58465342 /* XFS */, 0x9123683E /* btrfs */, 0x2FC12FC1 /* ZFS */, 0x794C7630 /* overlayfs */,
        0x01021994 /* tmpfs */, 0xF2F52010 /* F2FS */, 0xCA451A4E /* bcachefs */};
    struct stat found;
    struct statfs system;
    if (fstat(folder, &found) != 0 || fstatfs(folder, &system) != 0) return TPC_FOLDER_FAILS;
    if (found.st_uid != geteuid()) return TPC_FOLDER_IS_FOREIGN;
    if ((found.st_mode & 022) != 0) return TPC_FOLDER_IS_SHARED;
    for (size_t index = 0; index < sizeof local / sizeof *local; index++)
        if ((uint32_t)system.f_type == local[index]) return TPC_FOLDER_IS_FINE;
    return TPC_FOLDER_IS_REMOTE;
}
/* Whether a fiftieth of the file system is free, and a megabyte. */
static inline int tpc_posix_has_space(int folder) {
    struct statfs system;
    if (fstatfs(folder, &system) != 0) return 1; /* opening a file there will tell why */
    return system.f_blocks == 0 || (system.f_bavail > system.f_blocks / 50 && system.f_bavail * system.f_bsize > 1 << 20);
}

/* Opens a folder; one that is missing is made, for this user only. */
static inline int tpc_posix_make_folder_at(int outer, const char *name) {
    int folder = tpc_posix_open_folder_at(outer, name);
    if (folder >= 0 || errno != ENOENT) return folder;
    if (mkdirat(outer, name, 0700) == 0) (void)fchmodat(outer, name, 0700, 0);
    else if (errno != EEXIST) return -1;
    return tpc_posix_open_folder_at(outer, name);
}

/* The folder of a destination: 16 hexadecimal digits. */
static inline void tpc_posix_destination_name(char name[24], uint64_t destination) {
    snprintf(name, 24, "%016llx", (unsigned long long)destination);
}

/* A segment: the slot's number, and the format's major version. */
static inline void tpc_posix_segment_name(char name[24], unsigned slot) { snprintf(name, 24, "s%04u.tpc1", slot); }
/* The next segment's slot in a folder; -1 after the last one. Other names are passed over. */
static inline int tpc_posix_next_slot(DIR *folder) {
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        unsigned slot;
        char name[24];
        if (sscanf(entry->d_name, "s%7u", &slot) != 1) continue;
        tpc_posix_segment_name(name, slot);
        if (strcmp(name, entry->d_name) == 0) return (int)slot;
    }
    return -1;
}

/* A number that differs between two boots; 0 if the system does not say. */
static inline uint64_t tpc_posix_boot_tag(void) {
    unsigned char text[36];
    uint64_t tag = 0;
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    if (read(file, text, sizeof text) == (ssize_t)sizeof text)
        for (size_t index = 0; index < sizeof text; index++) tag = (tag ^ text[index]) * 0x100000001B3;
    close(file);
    return tag;
}

/* Lets a descriptor stand for another open file, in one step, so that no other thread finds it closed. */
static inline int tpc_posix_replace(int descriptor, int by) { return (int)syscall(SYS_dup3, by, descriptor, O_CLOEXEC); }

/*
 * Whether a name in a folder stands for an open file: the folder may have been made anew since, and the name be another process's.
 * Whoever has the file's lock is the only one to change that.
 */
static inline int tpc_posix_is_name_of(int folder, const char *name, int descriptor) {
    struct stat named;
    struct tpc_posix_file file;
    return fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && tpc_posix_look(descriptor, &file) == 0 && named.st_ino == file.inode;
}
/* Removes the name of an open segment. */
static inline void tpc_posix_remove_segment(int folder, unsigned slot, int descriptor) {
    char name[24];
    tpc_posix_segment_name(name, slot);
    if (tpc_posix_is_name_of(folder, name, descriptor)) (void)unlinkat(folder, name, 0);
}
/* Sets an open segment aside, for people to look at: as one of four files, so that there are never more. */
static inline void tpc_posix_quarantine(int folder, unsigned slot, int descriptor) {
    char name[24], aside[24];
    tpc_posix_segment_name(name, slot);
    if (!tpc_posix_is_name_of(folder, name, descriptor)) return;
    snprintf(aside, sizeof aside, "s%04u.bad", slot % 4);
    (void)renameat(folder, name, folder, aside);
}

/* For the tool: the next name in a folder, NULL after the last one. */
static inline const char *tpc_posix_next_name(DIR *folder) {
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) return entry->d_name;
    return NULL;
}
/* For the tool, as root: becomes another user, and cannot go back. Whether it worked. */
static inline int tpc_posix_become(uid_t user, gid_t group) {
    return setgroups(0, NULL) == 0 && setgid(group) == 0 && setuid(user) == 0 && geteuid() == user && setuid(0) != 0;
}

#endif
