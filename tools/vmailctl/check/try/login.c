/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "areas.h"
#include "connect.h"
#include "login_steps.h"
#include "message.h"
#include "output_rows.h"
#include "pam_services.h"
#include "records.h"
#include "text.h"

static const struct output_column columns[] = {
    { "step", "STEP" },       { "answer", "ANSWER" }, { "detail", "DETAIL" },
    { "milliseconds", "MS" }, { NULL, NULL },
};

void login_begin(struct login *login)
{
    clock_gettime(CLOCK_MONOTONIC, &login->began);
}

void login_answer(struct login *login, bool good, const char *step, const char *answer,
                  const char *detail, ...)
{
    struct timespec now;
    char *text = NULL;
    va_list arguments;
    clock_gettime(CLOCK_MONOTONIC, &now);
    va_start(arguments, detail);
    int length = vasprintf(&text, detail, arguments);
    va_end(arguments);
    double taken = (double)(now.tv_sec - login->began.tv_sec) * 1000 +
                   (double)(now.tv_nsec - login->began.tv_nsec) / 1000000;
    json_array_append_new(login->rows,
                          json_pack("{s:s, s:s, s:o, s:I}", "step", step, "answer", answer,
                                    "detail", length > 0 ? text_json(text) : json_null(),
                                    "milliseconds", (json_int_t)(taken + 0.5)));
    if (length >= 0)
        free(text);
    login->refused = login->refused || !good;
}

/** A connected pair of TCP sockets, the server's end at ADDRESS and in FD[0]. Else errno. */
static bool connect_to_self(const struct vmail_address *address, int fd[2])
{
    struct sockaddr_storage storage;
    struct sockaddr *at = (struct sockaddr *)&storage;
    socklen_t length = connect_address(address, 0, &storage);
    int listener = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    fd[0] = -1;
    fd[1] = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Both ends have the address, so that nobody else's connection can be taken for ours. */
    if (listener >= 0 && fd[1] >= 0 && bind(listener, at, length) == 0 &&
        listen(listener, 1) == 0 && getsockname(listener, at, &length) == 0 &&
        connect(fd[1], at, length) == 0)
        fd[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    int error = errno;
    if (listener >= 0)
        close(listener);
    if (fd[0] < 0 && fd[1] >= 0)
        close(fd[1]);
    errno = error;
    return fd[0] >= 0;
}

/** Whether the programs of SERVICE have the connection elsewhere than on descriptor 0, so that they
 * know no address: sshd, and saslauthd, which asks for others. */
static bool has_no_connection(const char *service)
{
    static const char *const names[] = { "sshd", "smtp", "login", "su", "su-l", "sudo", NULL };
    return text_is_one_of(service, names);
}

/** Says what is taken for granted of the daemon. */
static void assume(struct login *login)
{
    if (login->options->address == NULL)
        return;
    login_begin(login);
    login->where.has_address = !has_no_connection(login->service);
    if (login->where.has_address)
        login_answer(login, true, "address", "assumed",
                     "the daemon of service %s reports the connection to %s: on descriptor 0, or, "
                     "for Dovecot, with the vmail.conf of " EXAMPLES "/dovecot",
                     login->service, login->options->address);
    else
        login_answer(login, true, "address", "not known",
                     "a daemon of service %s does not have the connection on descriptor 0: plain "
                     "names mean system users, at every address",
                     login->service);
}

/** Makes descriptor 0 what a daemon's is: the client's connection, or nothing. CLIENT is its other
 * end, or -1. */
static enum exit_code make_input(const struct login *login, int *client)
{
    int fd[2] = { -1, -1 };
    *client = -1;
    if (login->where.has_address ? !connect_to_self(&login->where.address, fd)
                                 : (fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
        message_error(login->context, "--address %s: %s; use an address of this machine",
                      login->where.has_address ? login->options->address : "/dev/null",
                      strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    *client = fd[1];
    if (fd[0] == 0)
        return EXIT_DONE;
    const int made = dup2(fd[0], 0), code = errno;
    close(fd[0]);
    if (made == 0)
        return EXIT_DONE;
    message_error(login->context, "cannot make the connection standard input: %s",
                  strerrordesc_np(code));
    return EXIT_UNAVAILABLE;
}

/** Whose name it is, and whether passwd.DOMAIN has the user. */
static void resolve(struct login *login)
{
    const struct context *context = login->context;
    struct records records;
    login_begin(login);
    if (vmail_resolve(context->paths, context->config, login->options->name, &login->where,
                      &login->identity) != VMAIL_OK ||
        !login->identity.user_valid) {
        login_answer(login, false, "resolve", "nobody", "%s is not the name of a virtual user%s",
                     login->options->name,
                     strchr(login->options->name, '@') == NULL && !login->where.has_address
                         ? "; a plain name needs --address"
                         : "");
        return;
    }
    vmail_name_join(login->canonical, login->identity.user, login->identity.domain);
    login_answer(login, true, "resolve", "yes", "%s", login->canonical);
    login_begin(login);
    records_begin(&records, context, VMAIL_PASSWD, login->identity.domain);
    if (records_find(&records, login->identity.user)) {
        const struct vmail_passwd *user = &records.record.passwd;
        login->uid = user->uid;
        login->gid = user->gid;
        login_answer(login, true, "user", "yes", "uid %u, gid %u, home %s", login->uid, login->gid,
                     user->home);
    } else if (records.result == VMAIL_NOT_FOUND) {
        login_answer(login, false, "user", "nobody", "passwd.%s has no user %s",
                     login->identity.domain, login->identity.user);
    } else {
        login_answer(login, false, "user", "unavailable", "%s", records.error.text);
    }
    records_close(&records);
}

/** All steps. The caller wipes PASSWORD and closes CLIENT, if it is not -1, in either case. */
static enum exit_code walk(struct login *login, struct secret *password, int *client)
{
    char label[VMAIL_CANONICAL_MAX + 32];
    snprintf(label, sizeof label, "Password for %.*s", VMAIL_CANONICAL_MAX, login->options->name);
    enum exit_code code = login->options->password_stdin
                              ? prompt_password_stdin(login->context, password)
                              : prompt_password(login->context, label, false, password);
    if (code != EXIT_DONE)
        return code;
    assume(login);
    code = make_input(login, client);
    if (code != EXIT_DONE)
        return code;
    resolve(login);
    /* PAM is asked even if the name is not ours: perhaps another module knows it. */
    login_pam(login, password);
    if (login->canonical[0] != '\0')
        login_nss(login);
    return EXIT_DONE;
}

static enum exit_code find_service(struct login *login, char name[NAME_MAX + 1])
{
    login->service = login->options->service;
    if (login->service != NULL &&
        (*login->service == '\0' || *login->service == '.' || strlen(login->service) > NAME_MAX ||
         strchr(login->service, '/') != NULL)) {
        message_error(login->context, "--service: not the name of a file in " PAM_SERVICES);
        return EXIT_USAGE;
    }
    if (login->service != NULL)
        return EXIT_DONE;
    if (!pam_services_first(name)) {
        message_error(login->context,
                      "no service in " PAM_SERVICES " uses pam_vmail; add one as in " EXAMPLES
                      "/pam.d, or choose one with --service");
        return EXIT_NO_SUCH;
    }
    login->service = name;
    return EXIT_DONE;
}

enum exit_code login_show(const struct context *context, const struct login_options *options)
{
    struct login login = { .context = context, .options = options };
    struct secret password;
    char service[NAME_MAX + 1];
    int client = -1;
    if (geteuid() != 0) {
        message_error(context,
                      "check --login: only root may do that; run sudo vmailctl check --login");
        return EXIT_REFUSED;
    }
    if (options->address != NULL &&
        !(login.where.has_address = vmail_address_parse(options->address, &login.where.address))) {
        message_error(context, "--address: '%s' is not an IP address", options->address);
        return EXIT_USAGE;
    }
    enum exit_code code = find_service(&login, service);
    if (code != EXIT_DONE)
        return code;
    login.rows = json_array();
    code = walk(&login, &password, &client);
    secret_wipe(&password);
    if (client >= 0)
        close(client);
    free(login.pam_user);
    if (code != EXIT_DONE) {
        json_decref(login.rows);
        return code;
    }
    code = output_table(context, login.rows, columns);
    return code == EXIT_DONE && login.refused ? EXIT_NEGATIVE : code;
}
