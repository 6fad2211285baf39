/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "answer.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "name.h"

struct answer answer_start(char *buffer, size_t length)
{
    struct answer answer = { .next = buffer, .left = length, .saved_errno = errno };
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &answer.cancel_state);
    return answer;
}

static void end(const struct answer *answer)
{
    pthread_setcancelstate(answer->cancel_state, NULL);
    errno = answer->saved_errno;
}

static char *take_space(struct answer *answer, size_t length)
{
    if (length > answer->left) {
        answer->full = true;
        return NULL;
    }
    char *start = answer->next;
    answer->next += length;
    answer->left -= length;
    return start;
}

char *answer_put(struct answer *answer, const char *text, size_t length)
{
    char *start = take_space(answer, length + 1);
    if (start != NULL) {
        memcpy(start, text, length);
        start[length] = '\0';
    }
    return start;
}

char *answer_put_string(struct answer *answer, const char *text)
{
    return answer_put(answer, text, strlen(text));
}

char *answer_put_name(struct answer *answer, const char *user, size_t user_length,
                      const char *domain, bool fold)
{
    size_t domain_length = strlen(domain);
    char *start = take_space(answer, user_length + 1 + domain_length + 1);
    if (start == NULL)
        return NULL;
    if (fold)
        vmail_fold_copy(start, user, user_length);
    else
        memcpy(start, user, user_length);
    start[user_length] = VMAIL_SEPARATOR;
    memcpy(start + user_length + 1, domain, domain_length + 1);
    return start;
}

char **answer_put_pointers(struct answer *answer, size_t count)
{
    size_t gap = (size_t)(-(uintptr_t)answer->next) % _Alignof(char *);
    if (count > SIZE_MAX / sizeof(char *) || take_space(answer, gap) == NULL) {
        answer->full = true;
        return NULL;
    }
    return (char **)(void *)take_space(answer, count * sizeof(char *));
}

enum nss_status answer_status(enum vmail_result result, const struct answer *answer, int *errnop)
{
    end(answer);
    switch (result) {
    case VMAIL_OK:
        if (!answer->full)
            return NSS_STATUS_SUCCESS;
        *errnop = ERANGE;
        return NSS_STATUS_TRYAGAIN;
    case VMAIL_NOT_FOUND:
    case VMAIL_BROKEN:
        return NSS_STATUS_NOTFOUND;
    default:
        break;
    }
    *errnop = EAGAIN;
    return NSS_STATUS_TRYAGAIN;
}

enum nss_status answer_status_of_list(enum vmail_result result, const struct answer *answer,
                                      int *errnop)
{
    if (result != VMAIL_UNAVAILABLE)
        return answer_status(result, answer, errnop);
    end(answer);
    *errnop = EIO;
    return NSS_STATUS_UNAVAIL;
}
