/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * VMAIL_FILLED marks a local variable that the next call fills in. The build sets every other one
 * to zero first (-ftrivial-auto-var-init=zero). For the large ones on the way of a look-up, that
 * took 4 % of its time.
 */
#ifndef VMAIL_FILLED_H
#define VMAIL_FILLED_H

#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define VMAIL_FILLED __attribute__((uninitialized))
#endif
#endif
#ifndef VMAIL_FILLED
#define VMAIL_FILLED
#endif

#endif
