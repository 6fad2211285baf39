# SPDX-License-Identifier: LGPL-2.1-or-later
# Fuzzing: `make fuzz` runs each target for FUZZ_SECONDS, with clang's libFuzzer; see README.

FUZZ_CC = clang
FUZZ_SECONDS = 10
fuzz_targets = address aliases config config_edit deliver hash import index index_config map name record table

EXTRA_DIST += \
	tests/fuzz/README \
	tests/fuzz/words.dict \
	tests/fuzz/fuzz_address.c tests/fuzz/fuzz_aliases.c tests/fuzz/fuzz_config.c \
	tests/fuzz/fuzz_config_edit.c tests/fuzz/fuzz_deliver.c tests/fuzz/fuzz_hash.c tests/fuzz/fuzz_import.c \
	tests/fuzz/fuzz_index.c tests/fuzz/fuzz_index_config.c \
	tests/fuzz/fuzz_map.c tests/fuzz/fuzz_name.c tests/fuzz/fuzz_record.c tests/fuzz/fuzz_table.c \
	tests/fuzz/scratch_directory.c tests/fuzz/scratch_directory.h

# What a target needs beside common/: import reads by way of vmailctl. Its messages are not shown.
fuzz_import_sources = $(top_srcdir)/pam_vmail/option_word.c $(wildcard $(ctl)/*/*.c $(ctl)/check/*/*.c)
fuzz_import_flags = -I$(ctl) $(addprefix -I$(ctl)/,cli host change check check/pam check/servers check/try setup) \
	-DVMAIL_PAM_DIRECTORY=VMAIL_DIRECTORY -DVMAIL_EXAMPLES_DIRECTORY=VMAIL_DIRECTORY \
	-DVMAIL_STATE_DIRECTORY=VMAIL_DIRECTORY -DVMAIL_LIBEXEC_DIRECTORY=VMAIL_DIRECTORY $(JANSSON_CFLAGS)
fuzz_import_libs = $(JANSSON_LIBS) $(IDN2_LIBS) $(RESOLV_LIBS) $(PAM_LIBS)

# What vmail-map is asked, and answers.
map = $(top_srcdir)/tools/vmail-map
fuzz_map_sources = $(map)/reply.c $(map)/socketmap.c $(map)/tcp_table.c

# What vmail-deliver makes of a message, and tells an agent.
deliver = $(top_srcdir)/tools/vmail-deliver
fuzz_deliver_sources = $(deliver)/command.c $(deliver)/message.c

# Its own build: libFuzzer wants the code it tries compiled with -fsanitize=fuzzer. What is found
# is kept in the build tree, as tests/fuzz/corpus-TARGET and tests/fuzz/crash-*.
fuzz:
	@command -v $(FUZZ_CC) >/dev/null || \
	    { echo "make fuzz needs clang and its compiler-rt: on Debian, apt-get install clang" >&2; exit 1; }
	@$(MKDIR_P) tests/fuzz
	@for target in $(fuzz_targets); do \
	    echo "  FUZZ     $$target"; \
	    sources= flags= libs= quiet=0; \
	    if test $$target = import; then \
	        sources="$(filter %.c,$(fuzz_import_sources))"; flags="$(fuzz_import_flags)"; \
	        libs="$(fuzz_import_libs)"; quiet=2; \
	    fi; \
	    if test $$target = map; then sources="$(fuzz_map_sources)"; flags="-I$(map)"; fi; \
	    if test $$target = deliver; then sources="$(fuzz_deliver_sources)"; flags="-I$(deliver)"; fi; \
	    case $$target in aliases | index* | table) \
	        sources="$$sources $(top_srcdir)/tests/fuzz/scratch_directory.c";; esac; \
	    $(FUZZ_CC) $(DEFS) -std=gnu11 -g -O1 -Wall -Werror -fsanitize=fuzzer,address,undefined \
	        -fno-sanitize-recover=all $(mail_cppflags) -UVMAIL_DIRECTORY -UVMAIL_CACHE_DIRECTORY \
	        -DVMAIL_DIRECTORY='"vmail"' -DVMAIL_CACHE_DIRECTORY='"cache"' $$flags \
	        -o tests/fuzz/fuzz_$$target $(top_srcdir)/tests/fuzz/fuzz_$$target.c \
	        $(top_srcdir)/common/*/*.c $$sources $(CRYPT_LIBS) $(CDB_LIBS) $$libs && \
	    $(MKDIR_P) tests/fuzz/corpus-$$target && \
	    tests/fuzz/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -close_fd_mask=$$quiet \
	        -dict=$(top_srcdir)/tests/fuzz/words.dict \
	        -artifact_prefix=tests/fuzz/crash-$$target- tests/fuzz/corpus-$$target \
	        >tests/fuzz/fuzz_$$target.log 2>&1 || \
	    { cat tests/fuzz/fuzz_$$target.log; exit 1; }; \
	    tail -n 1 tests/fuzz/fuzz_$$target.log; \
	done

clean-local: clean-fuzz
clean-fuzz:
	-rm -rf $(fuzz_targets:%=tests/fuzz/corpus-%) $(fuzz_targets:%=tests/fuzz/fuzz_%) \
	    $(fuzz_targets:%=tests/fuzz/fuzz_%.log)

.PHONY: fuzz clean-fuzz
