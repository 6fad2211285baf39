/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The first byte says how, the rest is a whole passwd file: whatever a listing gives is
 * found by name and, where no other line has the name or the id, by id. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "scratch_directory.h"
#include "table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_user(struct vmail_table *finder, const struct vmail_record *listed)
{
    struct vmail_record found;
    char name[VMAIL_USER_MAX + 1];
    const char *text = vmail_record_name(listed);
    uint32_t id = vmail_record_id(listed);
    require(vmail_user_valid(text, strlen(text)));
    require(vmail_rules_allow_id(finder->rules, id));
    require(vmail_rules_allow_id(finder->rules, listed->passwd.gid));
    if (finder->rules->fold_case)
        vmail_fold_copy(name, text, strlen(text));
    else
        snprintf(name, sizeof name, "%s", text);
    require(vmail_table_find_name(finder, name, &found, NULL) == VMAIL_OK);
    bool first = vmail_record_id(&found) == id;
    enum vmail_result result = vmail_table_find_id(finder, id, &found);
    require(result == VMAIL_OK || !first);
    if (result == VMAIL_OK)
        require(vmail_record_id(&found) == id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const texts[] = { "", "[vmail]\nfold_case = no\nids = 1000-4294967294\n",
                                         "[vmail]\nseparators = %+\n" };
    const struct vmail_paths *paths = scratch_directory_paths();
    struct vmail_config *config;
    struct vmail_table lister, finder;
    struct vmail_record record;
    if (size < 1)
        return 0;
    const char *text = texts[data[0] % 3];
    scratch_directory_write("passwd.va.example", data + 1, size - 1);
    require(vmail_config_parse(text, strlen(text), &config, NULL, NULL) == VMAIL_OK);
    require(vmail_table_open(
                &lister, (struct vmail_file){ paths, &config->rules, VMAIL_PASSWD, "va.example" },
                NULL) == VMAIL_OK);
    require(vmail_table_open(
                &finder, (struct vmail_file){ paths, &config->rules, VMAIL_PASSWD, "va.example" },
                NULL) == VMAIL_OK);
    for (int i = 0; i < 8 && vmail_table_next(&lister, &record) == VMAIL_OK; i++) {
        check_user(&finder, &record);
        if ((data[0] & 64) != 0)
            vmail_table_suspend(&lister);
    }
    vmail_table_close(&lister);
    vmail_table_close(&finder);
    vmail_config_free(config);
    return 0;
}
