/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "well_host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"

void give_home(const char *path, uid_t uid)
{
    assert_int_equal(mkdir(path, 0700), 0);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fchown(fd, uid, uid), 0);
    close(fd);
}

int well_host_setup(void **state)
{
    if (host_setup(state) != 0)
        return -1;
    put_file("vmail/vmail.conf", CONF);
    put_file("vmail/passwd.va.example", USERS);
    put_file("vmail/passwd.vb.example", "");
    put_file("vmail/shadow.va.example", SHADOW);
    put_file("vmail/shadow.vb.example", "");
    put_file("vmail/aliases.va.example", "postmaster: bob\nabuse: bob, alice\n");
    put_file("vmail/aliases.vb.example", "postmaster: bob@va.example\nabuse: bob@va.example\n");
    scratch_chmod(host.scratch, "shadow.va.example", 0640);
    scratch_chmod(host.scratch, "shadow.vb.example", 0640);
    put_file("etc/nsswitch.conf", NSS);
    put_file("etc/pam.d/dovecot", STACK);
    put_file("etc/shells", "/bin/sh\n");
    put_file("modules/pam_vmail.so", "");
    put_file("modules/pam_unix.so", "");
    put_file("modules/pam_permit.so", "");
    put_file("modules/pam_deny.so", "");
    put_file("modules/pam_shells.so", "");
    put_file("vhome/va.example/README", "");
    give_home("vhome/va.example/bob", 70000);
    give_home("vhome/va.example/alice", 70001);
    give_home("vhome/va.example/bob/Maildir", 70000);
    give_home("vhome/va.example/alice/Maildir", 70001);
    check_ctl("index", EXIT_DONE, NULL);
    return 0;
}

void check_finds(const char *command, const struct fault *faults, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const char *file = faults[i].file;
        char name[256];
        struct stat status;
        snprintf(name, sizeof name, "../%s", file);
        const bool exists = stat(file, &status) == 0;
        char *before = exists ? scratch_read(host.scratch, name, NULL) : NULL;
        if (faults[i].text == NULL)
            assert_int_equal(unlink(file), 0);
        else
            put_file(file, faults[i].text);
        ctl(command);
        if (strstr(host.out, faults[i].finding) == NULL) {
            print_error("%s: no \"%s\" in: %s%s\n", file, faults[i].finding, host.out, host.err);
            wrong++;
        }
        if (exists)
            put_file(file, before);
        else
            unlink(file);
        if (exists)
            chmod(file, status.st_mode & 07777);
        free(before);
    }
    assert_int_equal(wrong, 0);
}
