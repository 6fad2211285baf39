/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. Four strings, which end with a zero byte or the input: a delivery_agent, a sender, a
 * recipient, a tag; the rest is a message. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "file.h"
#include "message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* The next string of the input. The caller frees it. */
static char *take(const uint8_t **data, size_t *size)
{
    const size_t length = strnlen((const char *)*data, *size);
    char *text = strndup((const char *)*data, length);
    require(text != NULL);
    *data += length + (length < *size);
    *size -= length + (length < *size);
    return text;
}

/* As many words as the agent has, whatever the strings in it are. */
static void check_command(const char *agent, const struct job *job, const char *sender)
{
    size_t expected = 0, count = 0;
    for (const char *at = agent; *(at += strspn(at, " \t")) != '\0'; at += strcspn(at, " \t"))
        expected++;
    command_words words = command_of_agent(agent, job, sender);
    require(words != NULL);
    while (words[count] != NULL)
        count++;
    require(count == expected);
    command_free(words);
}

/* Nothing that a shell would take for more than a word. */
static void check_environment(const struct job *job, const char *sender, const char *recipient)
{
    command_words words = command_environment(job, sender, recipient);
    require(words != NULL);
    for (size_t i = 0; words[i] != NULL; i++)
        require(strpbrk(words[i], " \t\r\n$`\\\"'*?[]{}()<>|&;!#~") == NULL);
    command_free(words);
}

static int fd_of(const void *bytes, size_t size)
{
    const int fd = memfd_create("message", MFD_CLOEXEC);
    require(fd >= 0 && vmail_file_write_all(fd, bytes, size) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

static void read_message(int fd, struct message *message)
{
    struct vmail_error error = { 0 };
    require(message_read(fd, message, &error) == VMAIL_OK);
}

static bool is_address_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (strchr(" \t<>", *text) != NULL || (unsigned char)*text < ' ')
            return false;
    return true;
}

/* The copy has been at the recipient, and is the message after its own lines. */
static void check_message(const uint8_t *bytes, size_t size, const char *sender,
                          const char *recipient)
{
    struct vmail_error error = { 0 };
    struct message message, again;
    struct message_copy copy;
    const int fd = fd_of(bytes, size);
    read_message(fd, &message);
    require(message_copy(&message, sender, recipient, &copy, &error) == VMAIL_OK);
    const int reader = message_open(&copy, 0);
    require(reader >= 0);
    read_message(reader, &again);
    require(message_was_at(&again, recipient));
    require(again.size >= message.text.length);
    require(message.text.length == 0 || memcmp(again.map + again.size - message.text.length,
                                               message.text.text, message.text.length) == 0);
    message_end(&again);
    message_end(&message);
    close(reader);
    close(copy.fd);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *agent = take(&data, &size), *sender = take(&data, &size);
    char *recipient = take(&data, &size), *tag = take(&data, &size);
    char user[] = "bob@va.example", home[] = "/vhome/va.example/bob";
    const struct job job = {
        .kind = JOB_USER, .text = recipient, .user = user, .home = home, .tag = tag
    };
    check_command(agent, &job, sender);
    check_environment(&job, sender, recipient);
    if (is_address_text(sender) && is_address_text(recipient))
        check_message(data, size, sender, recipient);
    free(agent);
    free(sender);
    free(recipient);
    free(tag);
    return 0;
}
