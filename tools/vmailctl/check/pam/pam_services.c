/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_services.h"

#include <stdlib.h>
#include <string.h>

#include "pam_file.h"

static int is_service(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return strncmp(name, "common-", 7) != 0 && strpbrk(name, ".~#") == NULL;
}

int pam_services_list(struct dirent ***list)
{
    return scandir(PAM_SERVICES, list, is_service, alphasort);
}

void pam_services_free(struct dirent **list, int count)
{
    for (int i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

bool pam_services_first(char name[NAME_MAX + 1])
{
    struct dirent **list = NULL;
    int count = pam_services_list(&list);
    bool found = false;
    for (int i = 0; i < count && !found; i++) {
        struct pam_service service;
        found = pam_service_read(&service, PAM_SERVICES, list[i]->d_name) &&
                pam_service_mentions(&service, PAM_TYPE_AUTH);
        if (found)
            memcpy(name, list[i]->d_name, strlen(list[i]->d_name) + 1);
        pam_service_free(&service);
    }
    pam_services_free(list, count);
    return found;
}
