/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LDIF (RFC 2849) with the classes of RFC 2307. The uid is the full name: a directory has one name
 * space. gecos and uid are IA5 strings, so a comment with other letters goes into cn only. */
#include "export/forms.h"

#include <stdlib.h>
#include <string.h>

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

static void print_value(const struct export_job *job, const char *attribute, const char *text)
{
    FILE *out = job->out;
    fprintf(out, "%s:%s ", attribute, is_safe(text) ? "" : ":");
    if (is_safe(text))
        fputs(text, out);
    else
        print_base64(out, text);
    fputc('\n', out);
}

static void print_number(const struct export_job *job, const char *attribute, int64_t value)
{
    if (value >= 0)
        fprintf(job->out, "%s: %lld\n", attribute, (long long)value);
}

/** "dn: TYPE=NAME@DOMAIN,ou=DOMAIN,BASE" with the escapes of RFC 4514. */
static void print_dn(const struct export_job *job, const char *type, const char *name)
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
    fprintf(out, "@%s,ou=%s,%s", job->domain, job->domain, job->base);
    if (fclose(out) == 0) {
        fputc('\n', job->out);
        print_value(job, "dn", text);
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

static void print_shadow(const struct export_job *job, const struct vmail_passwd *user)
{
    char *text = NULL;
    struct vmail_shadow shadow;
    if (asprintf(&text, "{CRYPT}%s", export_password(job, user, &shadow)) >= 0) {
        print_value(job, "userPassword", text);
        explicit_bzero(text, strlen(text));
        free(text);
    }
    print_number(job, "shadowLastChange", shadow.last_change);
    print_number(job, "shadowMin", shadow.minimum);
    print_number(job, "shadowMax", shadow.maximum);
    print_number(job, "shadowWarning", shadow.warning);
    print_number(job, "shadowInactive", shadow.inactive);
    print_number(job, "shadowExpire", shadow.expire);
}

static void print_user(struct export_job *job, const struct vmail_record *record)
{
    const struct vmail_passwd *user = &record->passwd;
    char full[VMAIL_CANONICAL_MAX + 1], home[VMAIL_HOME_MAX + 1];
    vmail_name_join(full, user->name, job->domain);
    print_dn(job, "uid", user->name);
    fputs("objectClass: account\nobjectClass: posixAccount\n", job->out);
    if (job->with_hashes)
        fputs("objectClass: shadowAccount\n", job->out);
    print_value(job, "uid", full);
    print_value(job, "cn", user->gecos[0] != '\0' ? user->gecos : user->name);
    print_number(job, "uidNumber", user->uid);
    print_number(job, "gidNumber", user->gid);
    print_value(job, "homeDirectory", export_home(job, user, home));
    if (user->shell[0] != '\0')
        print_value(job, "loginShell", user->shell);
    if (user->gecos[0] != '\0' && is_ascii(user->gecos))
        print_value(job, "gecos", user->gecos);
    if (job->with_hashes)
        print_shadow(job, user);
}

static void print_group(struct export_job *job, const struct vmail_record *record)
{
    char full[VMAIL_CANONICAL_MAX + 1], user[VMAIL_USER_MAX + 1];
    const char *rest = record->group.members, *member;
    size_t length;
    vmail_name_join(full, record->group.name, job->domain);
    print_dn(job, "cn", record->group.name);
    fputs("objectClass: posixGroup\n", job->out);
    print_value(job, "cn", full);
    print_number(job, "gidNumber", record->group.gid);
    while (vmail_group_next_member(&rest, &member, &length)) {
        snprintf(user, sizeof user, "%.*s", (int)length, member);
        vmail_name_join(full, user, job->domain);
        print_value(job, "memberUid", full);
    }
}

void form_ldif_begin(struct export_job *job)
{
    fputs("version: 1\n", job->out);
}

enum exit_code form_ldif_domain(struct export_job *job)
{
    fprintf(job->out, "\ndn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n", job->domain,
            job->base, job->domain);
    const enum exit_code code = export_each(job, VMAIL_PASSWD, print_user);
    if (code != EXIT_DONE)
        return code;
    return export_each(job, VMAIL_GROUP, print_group);
}
