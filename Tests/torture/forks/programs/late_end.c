/*
 * An object whose end comes when those of the library and what it needs are under way. It calls `at_end` then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
void (*at_end)(void);

__attribute__((destructor)) static void end(void) {
    if (at_end) at_end();
}
