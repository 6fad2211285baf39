/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the modules need of vmail.conf, from its index (see index_format.h): a short-lived process
 * reads no text, and looks at a few pages however many domains there are.
 *
 *   key                   value: 8 bytes of checksum, and
 *   'd' DOMAIN            the value of `mailbox`, with its NUL
 *   'a' ALIAS             the domain that it means, with its NUL
 *   'A' ADDRESS (16)      the domain that owns it, with its NUL
 *   'B'                   struct vmail_block_row, sorted by first id
 *   'N' DOMAIN            the domain, with its NUL, for the rows to refer to
 */
#ifndef VMAIL_CONFIG_INDEX_H
#define VMAIL_CONFIG_INDEX_H

#include "config.h"
#include "index.h"

struct vmail_block_row {
    uint32_t first;
    uint32_t last;
    struct vmail_index_reference domain;
};

/**
 * Makes a config of the index of vmail.conf, where there is one that is right for STATE. It has the
 * settings and answers what vmail_config_has_domain and its neighbours are asked, and has no
 * tables. Where the index turns out to be damaged, the text is read after all; PATHS must live as
 * long as the config. VMAIL_NOT_FOUND where there is no such index.
 */
enum vmail_result vmail_config_from_index(const struct vmail_paths *paths,
                                          const struct vmail_file_state *state,
                                          struct vmail_config **config);

/** For vmail_config_free; INDEX may be NULL. */
void vmail_config_index_free(struct vmail_config_index *index);

/** Whether CONFIG rests on an index that was found to have been replaced or cut short. */
bool vmail_config_index_lost(const struct vmail_config *config);

/** Whether a question to CONFIG has had no answer, because neither the index nor the text could be
 * read: "no such domain" then means nothing. */
bool vmail_config_index_unsure(const struct vmail_config *config);

/** As the functions of config.h, from CONFIG's index. */
const char *vmail_config_index_mailbox(const struct vmail_config *config, const char *domain);
const char *vmail_config_index_alias(const struct vmail_config *config, const char *alias);
const char *vmail_config_index_address(const struct vmail_config *config,
                                       const struct vmail_address *address);
const char *vmail_config_index_block(const struct vmail_config *config, uint32_t id,
                                     struct vmail_id_range *range);

#endif
