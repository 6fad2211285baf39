# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the packages come from, and machines to install them on."""

import os
import pathlib
import shutil

import pytest

from life import AS_BUILDER, FRESH, NAMES, NSSWITCH, PAM, VMAIL, WORK, done, dpkg, made_again, set_version

SOURCE = pathlib.Path("/src")
GIVEN = os.environ.get("VMAIL_PACKAGES")  # where tests/debian/clean-trees has made them


@pytest.fixture(scope="session")
def built():
    """The directory with the packages, which an ordinary user has made of what "make dist" gives."""
    if not pathlib.Path("/run/vmail-sandbox").is_dir():
        pytest.exit("these tests install packages: run them by tests/run, which makes a private machine for them", 2)
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "build").mkdir(parents=True)
    if not (SOURCE / "configure").exists():
        done("./autogen.sh", cwd=SOURCE)
    done(str(SOURCE / "configure"), cwd=WORK / "build")
    done("make", "dist", cwd=WORK / "build")
    done("tar", "xf", *map(str, (WORK / "build").glob("*.tar.xz")), "-C", str(WORK))
    done("chown", "-R", "builder:", str(WORK))
    # The unit tests run elsewhere, and nobody debugs these packages.
    log = done(*AS_BUILDER, "DEB_BUILD_OPTIONS=nocheck noautodbgsym", "DEB_CFLAGS_APPEND=-Werror", "dpkg-buildpackage", "-us", "-uc",
               f"-j{os.cpu_count()}", cwd=next(WORK.glob("nss-pam-vmail-*/")))
    (WORK / "log").write_text(log)
    return WORK


@pytest.fixture(scope="session")
def packages(request):
    directory = pathlib.Path(GIVEN) if GIVEN else request.getfixturevalue("built")
    architecture = done("dpkg", "--print-architecture").strip()
    return {path.name.partition("_")[0]: str(path) for path in directory.glob(f"*_{architecture}.deb")}


@pytest.fixture(scope="session")
def newer(packages):
    """The same packages as a later version."""
    return {name: made_again(packages[name], f"newer-{name}", set_version) for name in NAMES}


@pytest.fixture
def machine():
    """A machine without the packages, with the system's user sue."""
    before = {path: path.read_bytes() for path in PAM.glob("common-*")}
    NSSWITCH.write_text(FRESH)
    done("useradd", "--create-home", "sue")
    done("chpasswd", text="sue:sue-secret\n")
    yield before
    for path in PAM.glob("vmail-test*"):
        path.unlink()
    dpkg("--purge", *NAMES)
    done("userdel", "--remove", "sue")
    for path, text in before.items():
        path.write_bytes(text)
    for path in (VMAIL, pathlib.Path("/vhome/va.example")):
        shutil.rmtree(path, ignore_errors=True)
