// SPDX-License-Identifier: Apache-2.0

// Swift hides fork.

#include <sys/wait.h>
#include <unistd.h>

static inline pid_t fork_process(void) { return fork(); }

/// The exit code of a child; -1 when a signal ended it.
static inline int exit_code_of(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
