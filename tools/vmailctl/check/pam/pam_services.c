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

bool pam_services_ask_us(const char *name)
{
    struct pam_service service;
    const bool ours = pam_service_read(&service, PAM_SERVICES, name) &&
                      pam_service_mentions(&service, PAM_TYPE_AUTH);
    pam_service_free(&service);
    return ours;
}

bool pam_services_first(char name[NAME_MAX + 1])
{
    struct dirent **list = NULL;
    int count = pam_services_list(&list);
    bool found = false;
    for (int i = 0; i < count && !found; i++) {
        found = pam_services_ask_us(list[i]->d_name);
        if (found)
            memcpy(name, list[i]->d_name, strlen(list[i]->d_name) + 1);
    }
    pam_services_free(list, count);
    return found;
}
