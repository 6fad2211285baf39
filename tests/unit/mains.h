/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * main() of programs that tests call: the compiler gives it another name there. Set optind to 0
 * before each call.
 */
#ifndef TEST_MAINS_H
#define TEST_MAINS_H

int vmail_deliver_main(int argc, char **argv);
int vmail_map_main(int argc, char **argv);

#endif
