/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LDIF (RFC 2849) with the classes of RFC 2307. The uid is the full name: a directory has one name
 * space. gecos and uid are IA5 strings, so a comment with other letters goes into cn only. */
#include "export/forms.h"

#include <stdlib.h>
#include <string.h>

#include "home.h"

struct ldif {
    struct export_job *job;
    const char *domain;
    const struct shadow_rows *shadow;
};

/** SAFE-STRING of RFC 2849. */
static bool is_safe(const char *text)
{
    size_t length = strlen(text);
    if (length == 0)
        return true;
    if (strchr(" :<", text[0]) != NULL || text[length - 1] == ' ')
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > 0x7e)
            return false;
    return true;
}

static void print_base64(FILE *out, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *byte = (const unsigned char *)text;
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i += 3) {
        unsigned long three = (unsigned long)byte[i] << 16;
        three |= i + 1 < length ? (unsigned long)byte[i + 1] << 8 : 0;
        three |= i + 2 < length ? byte[i + 2] : 0;
        fputc(digits[three >> 18], out);
        fputc(digits[three >> 12 & 63], out);
        fputc(i + 1 < length ? digits[three >> 6 & 63] : '=', out);
        fputc(i + 2 < length ? digits[three & 63] : '=', out);
    }
}

static void print_value(const struct ldif *ldif, const char *attribute, const char *text)
{
    FILE *out = ldif->job->out;
    fprintf(out, "%s:%s ", attribute, is_safe(text) ? "" : ":");
    if (is_safe(text))
        fputs(text, out);
    else
        print_base64(out, text);
    fputc('\n', out);
}

static void print_number(const struct ldif *ldif, const char *attribute, long value)
{
    if (value >= 0)
        fprintf(ldif->job->out, "%s: %ld\n", attribute, value);
}

/** "dn: TYPE=NAME@DOMAIN,ou=DOMAIN,BASE" with the escapes of RFC 4514. */
static void print_dn(const struct ldif *ldif, const char *type, const char *name)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return;
    fprintf(out, "%s=", type);
    for (const char *c = name; *c != '\0'; c++)
        fprintf(out, "%s%c",
                strchr(",+\"\\<>;=", *c) != NULL || (*c == '#' && c == name) ? "\\" : "", *c);
    fprintf(out, "@%s,ou=%s,%s", ldif->domain, ldif->domain, ldif->job->base);
    if (fclose(out) == 0) {
        fputc('\n', ldif->job->out);
        print_value(ldif, "dn", text);
    }
    free(text);
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text > 0x7e)
            return false;
    return true;
}

static void print_shadow(const struct ldif *ldif, const char *hash,
                         const struct vmail_shadow *shadow)
{
    char *text = NULL;
    const char *setting;
    struct vmail_shadow own = { .hash = hash,
                                .last_change = -1,
                                .minimum = -1,
                                .maximum = -1,
                                .warning = -1,
                                .inactive = -1,
                                .expire = -1 };
    if (shadow != NULL)
        own = *shadow;
    if (strcmp(hash, "x") != 0)
        own.hash = hash;
    bool locked = export_is_locked(&own, &setting);
    if (asprintf(&text, "{CRYPT}%s", locked ? "!" : setting) >= 0) {
        print_value(ldif, "userPassword", text);
        explicit_bzero(text, strlen(text));
        free(text);
    }
    print_number(ldif, "shadowLastChange", own.last_change);
    print_number(ldif, "shadowMin", own.minimum);
    print_number(ldif, "shadowMax", own.maximum);
    print_number(ldif, "shadowWarning", own.warning);
    print_number(ldif, "shadowInactive", own.inactive);
    print_number(ldif, "shadowExpire", own.expire);
}

static void print_user(void *data, const struct vmail_record *record)
{
    const struct ldif *ldif = data;
    const struct vmail_passwd *user = &record->passwd;
    char full[VMAIL_CANONICAL_MAX + 1], home[VMAIL_HOME_MAX + 1];
    vmail_name_join(full, user->name, ldif->domain);
    vmail_default_home(home, user->name, ldif->domain, ldif->job->context->config->fold_case);
    print_dn(ldif, "uid", user->name);
    fputs("objectClass: account\nobjectClass: posixAccount\n", ldif->job->out);
    if (ldif->job->with_hashes)
        fputs("objectClass: shadowAccount\n", ldif->job->out);
    print_value(ldif, "uid", full);
    print_value(ldif, "cn", user->gecos[0] != '\0' ? user->gecos : user->name);
    print_number(ldif, "uidNumber", user->uid);
    print_number(ldif, "gidNumber", user->gid);
    print_value(ldif, "homeDirectory", user->home[0] != '\0' ? user->home : home);
    if (user->shell[0] != '\0')
        print_value(ldif, "loginShell", user->shell);
    if (user->gecos[0] != '\0' && is_ascii(user->gecos))
        print_value(ldif, "gecos", user->gecos);
    if (ldif->job->with_hashes)
        print_shadow(ldif, user->hash, shadow_rows_find(ldif->shadow, user->name));
}

static void print_group(void *data, const struct vmail_record *record)
{
    const struct ldif *ldif = data;
    char full[VMAIL_CANONICAL_MAX + 1], user[VMAIL_USER_MAX + 1];
    const char *rest = record->group.members, *member;
    size_t length;
    vmail_name_join(full, record->group.name, ldif->domain);
    print_dn(ldif, "cn", record->group.name);
    fputs("objectClass: posixGroup\n", ldif->job->out);
    print_value(ldif, "cn", full);
    print_number(ldif, "gidNumber", record->group.gid);
    while (vmail_group_next_member(&rest, &member, &length)) {
        snprintf(user, sizeof user, "%.*s", (int)length, member);
        vmail_name_join(full, user, ldif->domain);
        print_value(ldif, "memberUid", full);
    }
}

void form_ldif_begin(struct export_job *job)
{
    fputs("version: 1\n", job->out);
}

enum exit_code form_ldif_domain(struct export_job *job, const char *domain,
                                const struct shadow_rows *shadow)
{
    struct ldif ldif = { job, domain, shadow };
    fprintf(job->out, "\ndn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n", domain,
            job->base, domain);
    enum exit_code code = export_each(job, VMAIL_PASSWD, domain, print_user, &ldif);
    return code == EXIT_DONE ? export_each(job, VMAIL_GROUP, domain, print_group, &ldif) : code;
}
