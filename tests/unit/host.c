/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <pwd.h>
#include <resolv.h>
#include <security/pam_appl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "command.h"

struct host host;

/* --- paths: those of the host are below the scratch */

/* Directories whose paths configure chose. */
static const struct {
    const char *path, *place;
} moved[] = {
    { VMAIL_PAM_DIRECTORY, "modules" },
    { VMAIL_EXAMPLES_DIRECTORY, "examples" },
    { VMAIL_STATE_DIRECTORY, "state" },
};

static bool is_below(const char *path, const char *top)
{
    const size_t length = strlen(top);
    return strncmp(path, top, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

const char *host_place(const char *path)
{
    static const char *const tops[] = { "/etc",
                                        "/vhome",
                                        "/run",
                                        "/var/run",
                                        "/var/spool",
                                        "/usr/sbin",
                                        "/usr/bin/doveconf",
                                        "/usr/bin/getent",
                                        "/usr/bin/passwd",
                                        "/usr/lib/dovecot",
                                        "/usr/lib/systemd/system",
                                        "/dev/tty" };
    static char places[4][PATH_MAX];
    static size_t next;
    const char *top = NULL, *rest = path;
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
        if (is_below(path, tops[i]) || strcmp(path, "/") == 0)
            top = "";
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
        if (is_below(path, moved[i].path)) {
            top = moved[i].place;
            rest = path + strlen(moved[i].path);
        }
    if (top == NULL || host.scratch == NULL)
        return path;
    char *out = places[next++ % 4];
    snprintf(out, PATH_MAX, "%s%s%s%s", host.scratch->root, *top == '\0' ? "" : "/", top, rest);
    return out;
}

#define WRAP(type, name, ...)                                                                      \
    type __real_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__)

WRAP(int, __open_2, const char *path, int flags)
{
    return __real___open_2(host_place(path), flags);
}

WRAP(int, open, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return __real_open(host_place(path), flags, mode);
}

WRAP(FILE *, fopen, const char *path, const char *mode)
{
    return __real_fopen(host_place(path), mode);
}

WRAP(void *, dlopen, const char *name, int flags)
{
    return __real_dlopen(strcmp(name, "libnss_vmail.so.2") == 0 ? MODULE : name, flags);
}

WRAP(DIR *, opendir, const char *path)
{
    return __real_opendir(host_place(path));
}

WRAP(int, scandir, const char *path, struct dirent ***names, int (*filter)(const struct dirent *),
     int (*compare)(const struct dirent **, const struct dirent **))
{
    return __real_scandir(host_place(path), names, filter, compare);
}

WRAP(int, access, const char *path, int mode)
{
    return __real_access(host_place(path), mode);
}

WRAP(int, posix_spawn, pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
     const posix_spawnattr_t *attributes, char *const *arguments, char *const *environment)
{
    return __real_posix_spawn(pid, host_place(path), actions, attributes, arguments, environment);
}

/* --- owners: what the caller made belongs to root, until it is given to somebody */

static struct given {
    dev_t device;
    ino_t inode;
    uid_t uid;
    gid_t gid;
} given[1024];
static size_t given_count;

static struct given *find_given(const struct stat *status)
{
    for (size_t i = 0; i < given_count; i++)
        if (given[i].inode == status->st_ino && given[i].device == status->st_dev)
            return &given[i];
    return NULL;
}

WRAP(uid_t, geteuid, void)
{
    return host.scratch == NULL ? __real_geteuid() : host.uid;
}

WRAP(uid_t, getuid, void)
{
    return host.scratch == NULL ? __real_geteuid() : host.uid;
}

static int pretend(int result, struct stat *status)
{
    if (result != 0)
        return result;
    const struct given *entry = find_given(status);
    if (entry != NULL) {
        status->st_uid = entry->uid;
        status->st_gid = entry->gid;
    } else if (status->st_uid == __real_geteuid()) {
        status->st_uid = status->st_gid = 0;
    }
    return 0;
}

WRAP(int, stat, const char *path, struct stat *status)
{
    return pretend(__real_stat(host_place(path), status), status);
}

WRAP(int, lstat, const char *path, struct stat *status)
{
    return pretend(__real_lstat(host_place(path), status), status);
}

WRAP(int, fstat, int fd, struct stat *status)
{
    return pretend(__real_fstat(fd, status), status);
}

WRAP(int, fstatat, int fd, const char *name, struct stat *status, int flags)
{
    return pretend(__real_fstatat(fd, name, status, flags), status);
}

WRAP(int, fchown, int fd, uid_t uid, gid_t gid)
{
    struct stat status;
    if (__wrap_fstat(fd, &status) != 0)
        return -1;
    struct given *entry = find_given(&status);
    if (entry == NULL) {
        assert_true(given_count < sizeof given / sizeof *given);
        entry = &given[given_count++];
    }
    *entry = (struct given){ status.st_dev, status.st_ino, uid == (uid_t)-1 ? status.st_uid : uid,
                             gid == (gid_t)-1 ? status.st_gid : gid };
    return 0;
}

/* The next file may get its inode. */
WRAP(int, unlinkat, int fd, const char *name, int flags)
{
    struct stat status;
    struct given *entry = __real_fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                                  (status.st_nlink == 1 || S_ISDIR(status.st_mode))
                              ? find_given(&status)
                              : NULL;
    const int result = __real_unlinkat(fd, name, flags);
    if (result == 0 && entry != NULL)
        *entry = given[--given_count];
    return result;
}

/* --- the network: lo has 127.0.0.1, eth0 has 192.0.2.1 */

int __real_connect(int fd, const struct sockaddr *address, socklen_t length);

/* Nobody listens at the ports of services but at that of POP3, which is host.pop3. */
static int connect_to_port(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_in name;
    memcpy(&name, address, sizeof name);
    if (ntohs(name.sin_port) >= IPPORT_RESERVED)
        return __real_connect(fd, address, length);
    if (ntohs(name.sin_port) != 110 || host.pop3 == 0) {
        errno = ECONNREFUSED;
        return -1;
    }
    name.sin_port = htons(host.pop3);
    return __real_connect(fd, (const struct sockaddr *)&name, sizeof name);
}

WRAP(int, connect, int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_un name;
    if (address->sa_family == AF_INET)
        return connect_to_port(fd, address, length);
    memcpy(&name, address, sizeof name);
    const char *path = host_place(name.sun_path);
    assert_true(strlen(path) < sizeof name.sun_path);
    memcpy(name.sun_path, path, strlen(path) + 1);
    return __real_connect(fd, (const struct sockaddr *)&name, sizeof name);
}

WRAP(int, getifaddrs, struct ifaddrs **list)
{
    static struct sockaddr_in address[2];
    static struct ifaddrs item[2];
    static char lo[] = "lo", eth0[] = "eth0";
    static const char *const text[] = { "127.0.0.1", "192.0.2.1" };
    for (size_t i = 0; i < 2; i++) {
        address[i].sin_family = AF_INET;
        assert_int_equal(inet_pton(AF_INET, text[i], &address[i].sin_addr), 1);
        item[i] = (struct ifaddrs){ .ifa_next = i == 0 ? &item[1] : NULL,
                                    .ifa_name = i == 0 ? lo : eth0,
                                    .ifa_flags = IFF_UP | (i == 0 ? IFF_LOOPBACK : 0u),
                                    .ifa_addr = (struct sockaddr *)&address[i] };
    }
    *list = &item[0];
    return 0;
}

WRAP(void, freeifaddrs, struct ifaddrs *list)
{
    (void)list;
}

/* Appends the record for the question in REPLY, whose LENGTH it returns. */
static int answer(unsigned char *reply, int length, const struct host_record *record)
{
    unsigned char *next = reply + length, *data;
    ns_put16(0xc00c, next); /* the name of the question */
    ns_put16((unsigned)record->type, next + 2);
    ns_put16(ns_c_in, next + 4);
    ns_put32(60, next + 6);
    data = next + 12;
    const char *name = strchr(record->data, ' ');
    name = name == NULL ? record->data : name + 1;
    if (record->type == ns_t_mx) {
        ns_put16(name == record->data ? 10 : (unsigned)atoi(record->data), data);
        data += 2;
    }
    if (record->type == ns_t_a) {
        assert_int_equal(inet_pton(AF_INET, record->data, data), 1);
        data += 4;
    } else {
        data += ns_name_compress(name, data, NS_MAXDNAME, NULL, NULL);
    }
    ns_put16((unsigned)(data - next - 12), next + 10);
    ns_put16(ns_get16(reply + 6) + 1u, reply + 6);
    return (int)(data - reply);
}

WRAP(int, res_nsend, res_state state, const unsigned char *query, int size, unsigned char *reply,
     int room)
{
    char name[NS_MAXDNAME];
    (void)state;
    if (host.dns[0].type == -1) {
        errno = ETIMEDOUT;
        return -1;
    }
    assert_true(room > size + NS_MAXDNAME);
    memcpy(reply, query, (size_t)size);
    reply[2] |= 0x80; /* a reply */
    const int used =
        ns_name_uncompress(query, query + size, query + NS_HFIXEDSZ, name, sizeof name);
    assert_true(used > 0);
    const int type = (int)ns_get16(query + NS_HFIXEDSZ + used);
    for (size_t i = 0; i < sizeof host.dns / sizeof *host.dns; i++)
        if (host.dns[i].name != NULL && host.dns[i].type == type &&
            strcmp(host.dns[i].name, name) == 0)
            size = answer(reply, size, &host.dns[i]);
    return size;
}

WRAP(int, pam_start, const char *service, const char *user, const struct pam_conv *conversation,
     pam_handle_t **handle)
{
    return pam_start_confdir(service, user, conversation, host_place("/etc/pam.d"), handle);
}

/* --- people, and the log */

WRAP(struct passwd *, getpwnam, const char *name)
{
    static char names[][16] = { "root", "ada", "bob@va.example" };
    static const uid_t uids[] = { 0, 1001, 70000 };
    static struct passwd entry;
    for (size_t i = 0; i < sizeof uids / sizeof *uids; i++)
        if (strcmp(name, names[i]) == 0) {
            entry = (struct passwd){ .pw_name = names[i], .pw_uid = uids[i], .pw_gid = uids[i] };
            return &entry;
        }
    return NULL;
}

WRAP(struct passwd *, getpwuid, uid_t uid)
{
    return uid == 0 ? __wrap_getpwnam("root") : uid == 1001 ? __wrap_getpwnam("ada") : NULL;
}

WRAP(struct group *, getgrgid, gid_t gid)
{
    (void)gid;
    return NULL;
}

__attribute__((format(printf, 1, 0))) static void note(const char *format, va_list arguments)
{
    char line[1024];
    vsnprintf(line, sizeof line, format, arguments);
    scratch_append(host.log, sizeof host.log, "%s\n", line);
}

void __wrap_syslog(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
void __wrap___syslog_chk(int priority, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

WRAP(void, syslog, int priority, const char *format, ...)
{
    va_list arguments;
    (void)priority;
    va_start(arguments, format);
    note(format, arguments);
    va_end(arguments);
}

__attribute__((format(printf, 3, 4)))
WRAP(void, __syslog_chk, int priority, int flag, const char *format, ...)
{
    va_list arguments;
    (void)priority;
    (void)flag;
    va_start(arguments, format);
    note(format, arguments);
    va_end(arguments);
}

/* --- command lines */

enum { WORDS_MAX = 32 };

static int split(char *line, char *words[WORDS_MAX + 1])
{
    int count = 0;
    for (char *next = line; *next != '\0';) {
        const char end = *next == '\'' ? '\'' : ' ';
        next += *next == '\'';
        assert_true(count < WORDS_MAX);
        words[count++] = next;
        next += strcspn(next, end == ' ' ? " " : "'");
        if (*next != '\0')
            *next++ = '\0';
        next += strspn(next, " ");
    }
    words[count] = NULL;
    return count;
}

static int redirect(int fd, const char *name, int flags)
{
    return scratch_redirect(fd,
                            __real_open(scratch_path(host.scratch, name), flags | O_CLOEXEC, 0600));
}

/* Reads the scratch file NAME, without the path of the scratch. */
static void take(const char *name, char *out, size_t size)
{
    char *text = scratch_read(host.scratch, name, NULL), *rest = text;
    const size_t length = strlen(host.scratch->root);
    out[0] = '\0';
    for (char *found; (found = strstr(rest, host.scratch->root)) != NULL; rest = found + length)
        scratch_append(out, size, "%.*s", (int)(found - rest), rest);
    scratch_append(out, size, "%s", rest);
    free(text);
}

/* --- a person at a terminal: a process that waits for each prompt and types the next answer. The
 * terminal drops what was typed before the prompt. */

static bool ends_with(const char *line, const char *end)
{
    const size_t length = strlen(line), size = strlen(end);
    return length >= size && strcmp(line + length - size, end) == 0;
}

static bool is_prompt(const char *line)
{
    return ends_with(line, "? [y/N] ") ||
           (strstr(line, "assword") != NULL && ends_with(line, ": "));
}

/* Hangs up at a prompt without an answer. */
static _Noreturn void type_answers(int terminal)
{
    const size_t most = sizeof host.answers / sizeof *host.answers;
    const int shown = open("shown", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char line[256] = "", next;
    size_t length = 0;
    for (size_t i = 0; read(terminal, &next, 1) == 1 && write(shown, &next, 1) == 1;) {
        length = next == '\n' || length + 2 > sizeof line ? 0 : length;
        line[length++] = next;
        line[length] = '\0';
        if (!is_prompt(line))
            continue;
        if (i == most || host.answers[i] == NULL)
            break;
        dprintf(terminal, "%s\n", host.answers[i++]);
    }
    _exit(0);
}

struct person {
    int line; /* the end that programs use */
    pid_t pid;
};

static struct person sit_down(void)
{
    struct person person = { -1, -1 };
    if (host.answers[0] == NULL)
        return person;
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        skip(); /* no terminals here */
    assert_int_equal(grantpt(terminal), 0);
    assert_int_equal(unlockpt(terminal), 0);
    const char *name = ptsname(terminal);
    assert_non_null(name);
    put_file("dev/README", "");
    assert_int_equal(symlink(name, "dev/tty"), 0);
    person.line = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC); /* open between two prompts, too */
    assert_true(person.line >= 0);
    person.pid = fork();
    assert_true(person.pid >= 0);
    if (person.pid == 0) {
        close(person.line);
        type_answers(terminal);
    }
    close(terminal);
    return person;
}

static void stand_up(const struct person *person)
{
    if (person->pid < 0)
        return;
    close(person->line); /* for the person, the end of what is shown */
    assert_int_equal(waitpid(person->pid, NULL, 0), person->pid);
    assert_int_equal(remove("dev/tty"), 0);
    take("../shown", host.shown, sizeof host.shown);
}

void ctl(const char *line)
{
    struct context context = { .paths = &host.scratch->paths, .restricted = host.restricted };
    char copy[4096] = "vmailctl ", *words[WORDS_MAX + 1];
    scratch_append(copy, sizeof copy, "%s", line);
    const int count = split(copy, words);
    scratch_write(host.scratch, "../in", host.input == NULL ? "" : host.input);
    fflush(stdout);
    const struct person person = sit_down();
    const int in = redirect(STDIN_FILENO, "../in", O_RDONLY);
    const int out = redirect(STDOUT_FILENO, "../out", O_WRONLY | O_CREAT | O_TRUNC);
    const int err = redirect(STDERR_FILENO, "../err", O_WRONLY | O_CREAT | O_TRUNC);
    rewind(stdin);
    host.code = (int)command_line(&context, count, words);
    context_free(&context);
    fflush(stdout);
    scratch_restore(STDIN_FILENO, in);
    scratch_restore(STDOUT_FILENO, out);
    scratch_restore(STDERR_FILENO, err);
    take("../out", host.out, sizeof host.out);
    take("../err", host.err, sizeof host.err);
    stand_up(&person);
}

/* Whether the row is right; else tells what came instead. */
static bool is_right(const struct ctl_row *row)
{
    ctl(row->line);
    const char *said = row->code <= EXIT_NEGATIVE ? host.out : host.err;
    const char *text = row->text == NULL ? said : row->text;
    if (host.code == row->code && (*text == '\0' ? *said == '\0' : strstr(said, text) != NULL))
        return true;
    print_error("%s: %d, expected %d, \"%s\"\n%s%s", row->line, host.code, row->code,
                row->text == NULL ? "" : row->text, host.out, host.err);
    return false;
}

void check_ctl(const char *line, int code, const char *text)
{
    assert_true(is_right(&(struct ctl_row){ line, code, text }));
}

void check_ctl_rows(const struct ctl_row *rows, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++)
        wrong += !is_right(&rows[i]);
    assert_int_equal(wrong, 0);
}

void put_file(const char *path, const char *text)
{
    char name[PATH_MAX];
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(name, sizeof name, "%.*s", (int)(slash - path), path);
        mkdir(name, 0755);
    }
    snprintf(name, sizeof name, "../%s", path);
    scratch_write(host.scratch, name, text);
}

void put_program(const char *path, const char *text)
{
    put_file(path, text);
    assert_int_equal(chmod(path, 0755), 0);
}

static void check_file(const char *name, const char *text, bool expected)
{
    char *content = scratch_read(host.scratch, name, NULL);
    if ((strstr(content, text) != NULL) != expected)
        fail_msg("%s: %s\"%s\"\n%s", name, expected ? "no " : "", text, content);
    free(content);
}

void check_file_has(const char *name, const char *text)
{
    check_file(name, text, true);
}

void check_file_lacks(const char *name, const char *text)
{
    check_file(name, text, false);
}

int host_setup(void **state)
{
    static const char shadow[] = "bob:$6$saltsalt$x:20000:0:99999:7:::\n"
                                 "alice:!$6$saltsalt$y:20000::::::\neve:!:20000:::::1:\n";
    memset(&host, 0, sizeof host);
    unsetenv("SUDO_UID");
    given_count = 0;
    if (scratch_setup(state) != 0)
        return -1;
    struct scratch *scratch = *state;
    scratch->paths.owner = 0;
    host.scratch = scratch;
    scratch_write(scratch, "vmail.conf",
                  "# ours\n[domain va.example]\nids = 70000-70999\naddress = 127.0.0.1\n"
                  "aliases = va.example.org\nadmins = ada\n"
                  "[domain vb.example]\nids = 71000-71999\n");
    scratch_write(scratch, "passwd.va.example",
                  "bob:x:70000:70000:Bob of VA:/vhome/va.example/bob:/bin/false\n"
                  "alice:x:70001:70001::/vhome/va.example/alice:/bin/false\n"
                  "eve:x:70002:70002:::/bin/false\n");
    scratch_write_bytes(scratch, "shadow.va.example", shadow, sizeof shadow - 1, 0640);
    scratch_write(scratch, "group.va.example", "staff:x:70100:bob,alice\n");
    scratch_write(scratch, "aliases.va.example",
                  "# mail\npostmaster: bob\nsales: bob, alice, carol@vb.example\n");
    scratch_write(scratch, "passwd.vb.example", "bob:x:71000:71000:::/bin/false\n");
    scratch_write_bytes(scratch, "shadow.vb.example", "bob:!:20000::::::\n", 18, 0640);
    return chdir(scratch->root);
}

int host_teardown(void **state)
{
    host.scratch = NULL;
    return chdir("/") != 0 ? -1 : scratch_teardown(state);
}
