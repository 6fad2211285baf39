# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of tests, as JUnit XML: one file JOB.PART.xml a part, in a directory that all sandboxes of a run share."""

import os
import pathlib
import re
import xml.etree.ElementTree as ElementTree

DIRECTORY = pathlib.Path("/run/vmail-sandbox/results")
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def printable(text):
    """Without what XML has no way to write."""
    return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd]", "?", text)


def outcome(case):
    """What became of a testcase of JUnit XML."""
    if case.find("failure") is not None or case.find("error") is not None:
        return FAILED
    return SKIPPED if case.find("skipped") is not None else PASSED


def read(path):
    """(CLASS, TEST, OUTCOME, TEXT) of each test in a file; ElementTree.ParseError if it is none."""
    root = ElementTree.fromstring(printable(path.read_text(errors="replace")))
    for case in root.iter("testcase"):
        text = "".join((part.get("message") or "") + (part.text or "") for part in case)
        yield case.get("classname", ""), case.get("name", ""), outcome(case), text.strip()


def summary(numbers):
    """The line that everything here closes with. NUMBERS: how many tests, by outcome."""
    return (f"{numbers[PASSED]} passed, {numbers[FAILED]} failed"
            + (f", {numbers[SKIPPED]} skipped" if numbers[SKIPPED] else ""))


def write(path, cases):
    """CASES are as read() gives them."""
    suite = ElementTree.Element("testsuite", name=path.stem)
    for group, name, result, text in cases:
        case = ElementTree.SubElement(suite, "testcase", classname=group, name=name)
        if result != PASSED:
            ElementTree.SubElement(case, "failure" if result == FAILED else "skipped").text = printable(text)
    new = path.with_suffix(".new")
    ElementTree.ElementTree(suite).write(new, encoding="utf-8", xml_declaration=True)
    os.rename(new, path)
