# SPDX-License-Identifier: LGPL-2.1-or-later
"""Says what was measured: tables, the targets, a plot."""

import shutil
import subprocess

TITLES = {"files": "glibc files", "extrausers": "libnss-extrausers", "cache": "libnss-cache, index", "db": "libnss-db",
          "floor": "the floor", "floors": "the floor, by domain", "vmail": "libnss_vmail", "unix": "pam_unix", "pwdfile": "libpam-pwdfile", "userdb": "pam_userdb"}


def tables(results):
    sets = results["sets"]
    parts = ["" if results["index"] else "There is no `vmailctl index` here: ours is measured WITHOUT an index.\n"]
    for kind, title in (("name", "by name"), ("id", "by uid"), ("name-miss", "by a name nobody has"),
                        ("id-miss", "by a uid nobody has")):
        parts.append(costs(f"Look-up {title} in a hot process: microseconds (times ours)", sets,
                           lambda one: one["lookups"][kind], 1e3))
    parts += [not_ours(sets), cold(sets)]
    parts.append(costs("Enumeration: milliseconds (times ours)", sets, lambda one: one.get("enumeration", {}), 1e6))
    parts.append(grown(sets))
    parts.append(costs("pam_authenticate less the hash: microseconds (times ours)", sets,
                       lambda one: without(one["authentication"], "hash"), 1e3, pam=True))
    parts += [transactions(sets), builds(sets), resident(sets), targets(results)]
    parts.append(f"All of it took {results['seconds']:.0f} s.")
    return "\n".join(part for part in parts if part)


def without(figures, key):
    return {name: value for name, value in figures.items() if name != key}


def number(value):
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def table(title, head, rows):
    """Columns as wide as they must be; the first one to the left."""
    first = max(len(name) for name, _ in rows) if rows else 0
    widths = [3 + max(len(line[column]) for line in (head, *(cells for _, cells in rows))) for column in range(len(head))]
    lines = [title] + [f"  {name:{first}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths))
                       for name, cells in (("", head), *rows)]
    return "\n".join(lines) + "\n"


def label(service, pam=False):
    return "pam_vmail" if pam and service == "vmail" else TITLES[service]


def rows_of(sets, get):
    """The services that any set has figures of, in the order of TITLES."""
    return [name for name in TITLES if any(name in get(one) for one in sets)]


def costs(title, sets, get, unit, pam=False):
    """A row a service, a column a set: the median and how many times ours that is."""
    sets = [one for one in sets if get(one)]

    def cell(one, service):
        figures = get(one)
        if service not in figures:
            return "-"
        median = figures[service]["median"]
        if "vmail" not in figures or service == "vmail":
            return f"{number(median / unit)}{'':10}"
        return f"{number(median / unit)} {'(' + number(median / figures['vmail']['median']) + ')':>9}"

    return table(title, [one["title"] + " " * 10 for one in sets],
                 [(label(name, pam), [cell(one, name) for one in sets]) for name in rows_of(sets, get)])


def not_ours(sets):
    sets = [one for one in sets if "not_ours" in one]

    def cell(figures):
        plain, ours, again = (figures[name]["median"] for name in ("without", "with", "without, again"))
        return f"{number(plain / 1e3)} {percent(ours / plain):>8} {'(' + percent(again / plain) + ')':>10}"

    return table("Not ours: microseconds with `passwd: files`, what `vmail files` adds (what noise adds)",
                 [one["title"] for one in sets],
                 [(title, [cell(one["not_ours"][title]) for one in sets]) for title in not_ours_titles(sets)])


def not_ours_titles(sets):
    return list(sets[0]["not_ours"]) if sets else []


def percent(ratio):
    return f"{(ratio - 1) * 100:+.1f} %"


def cold(sets):
    def cell(one, name):
        figures = one["cold"]
        if name not in figures:
            return "-"
        median, base = figures[name]["median"], figures["root without us"]["median"]
        return f"{median / 1e6:.3f} {'(' + format((median - base) / 1e6, '+.3f') + ')':>9}"

    names = {"root without us": "root, `files` alone", "root": "root, `vmail files`", "user": "a user, `vmail files`"}
    names |= {name: f"a user, {TITLES[name]}" for name in TITLES if any(name in one["cold"] for one in sets)}
    return table("A cold `getent passwd`: milliseconds (over root with `files` alone)", [one["title"] for one in sets],
                 [(title, [cell(one, name) for one in sets]) for name, title in names.items()])


def grown(sets):
    sets = [one for one in sets if "enumeration" in one]
    return table("Enumeration: KiB by which the process grew", [one["title"] for one in sets],
                 [(TITLES[name], [f"{one['enumeration'][name]['grown_kib']:,.0f}" for one in sets])
                  for name in rows_of(sets, lambda one: one["enumeration"])])


def builds(sets):
    def cell(one, name):
        figures = one["build"].get(name)
        return f"{number(figures['seconds'])} s {figures['bytes'] / 2**20:8,.1f} MiB" if figures else "-"

    text = table("Building the index: seconds, size (libnss-cache: made by the bench, in the format of nsscache)",
                 [one["title"] for one in sets],
                 [(TITLES[name], [cell(one, name) for one in sets]) for name in rows_of(sets, lambda one: one["build"])])
    peaks = [f"{one['title']}: {one['build']['vmail']['peak_kib'] / 1024:,.0f} MiB" for one in sets if "vmail" in one["build"]]
    return text + (f"  memory of vmailctl index: {', '.join(peaks)}\n" if peaks else "")


def transactions(sets):
    def cell(one, name):
        figures = one["transaction"]
        if name not in figures:
            return "-"
        return f"{number(figures[name] / 1e3)} ({figures[name] / figures['permit'] * 100:,.0f} %)"

    return table("A PAM transaction less the hash: microseconds more than with pam_permit", [one["title"] for one in sets],
                 [(label(name, pam=True), [cell(one, name) for one in sets]) for name in ("vmail", "unix")])


def resident(sets):
    big = sets[-1] if len(sets) < 3 else sets[2]
    stages = next(iter(big["resident"].values()))

    def cell(figures):
        return f"{figures['resident_kib']:,.0f} {figures['data_kib']:>7,.0f} {figures['anonymous_kib']:>6,.0f}"

    return table(f"Memory that a process gains ({big['title']} users), KiB: resident, of it mapped data, in no file",
                 list(stages), [(TITLES[name], [cell(figures[stage]) for stage in stages])
                                for name, figures in big["resident"].items()])


# ---- the targets ----

def targets(results):
    """What the design asks for, what was measured, and whether that is it."""
    many = next((one for one in results["sets"] if one["domains"] > 1), None)
    single = [one for one in results["sets"] if one["domains"] == 1]
    largest, smallest = single[-1], single[0]
    found = []
    for one in filter(None, (largest, many)):
        for kind, title in (("name", "by name"), ("id", "by id")):
            found += against_peers(one["lookups"][kind], f"{one['title']}, {title}")
    for kind, title in (("name", "by name"), ("id", "by id")):
        ratio, floor = (largest["lookups"][kind][service]["median"] / smallest["lookups"][kind][service]["median"]
                        for service in ("vmail", "floor"))
        found.append((f"{largest['title']} users, {title}: to {smallest['title']} users (the floor: {floor:.2f})", "<= 1.3",
                      ratio, ratio <= 1.3))
    for one in results["sets"]:
        for root, title in (("root", "root"), ("root without us", "root with `files` alone")):
            extra = (one["cold"]["user"]["median"] - one["cold"][root]["median"]) / 1e6
            found.append((f"{one['title']}, cold getent over {title}, ms", "<= 0.25", extra, extra <= 0.25))
    for one in results["sets"]:
        for title, figures in one.get("not_ours", {}).items():
            extra = (figures["with"]["median"] / figures["without"]["median"] - 1) * 100
            found.append((f"{one['title']}, not ours, {title}, %", "<= 5", extra, extra <= 5))
    for one in results["sets"]:
        extra = one["transaction"]["vmail"] / one["transaction"]["permit"] * 100
        found.append((f"{one['title']}, a PAM transaction over that of pam_permit, %", "<= 5", extra, extra <= 5))
    found += [*memory_targets(largest), *other_targets(largest, smallest)]
    lines = ["Must reach:" + ("" if not results["quick"] else "  --quick: with smaller sets than it names")]
    lines += [f"  {what:60} {wanted:>8} {number(value):>10}   {'yes' if good else 'NO'}" for what, wanted, value, good in found]
    return "\n".join(lines) + "\n"


def against_peers(figures, title):
    ours = figures["vmail"]["median"]
    for peer, least in (("db", 8), ("cache", 20)):
        if peer in figures:
            ratio = figures[peer]["median"] / ours
            yield f"{title}: {TITLES[peer]} to ours", f">= {least}", ratio, ratio >= least
    for floor in ("floor", "floors"):
        if floor in figures:
            ratio = ours / figures[floor]["median"]
            yield f"{title}: ours to {TITLES[floor]}", "<= 1.25", ratio, ratio <= 1.25


def memory_targets(one):
    for stage, figures in one["resident"]["vmail"].items():
        own = figures["resident_kib"] - figures["data_kib"]
        yield f"memory but for touched pages, {stage}, KiB", "< 200", own, own < 200


def other_targets(one, smallest):
    """What the design asks for besides."""
    ratio = one["enumeration"]["vmail"]["median"] / one["enumeration"]["files"]["median"]
    yield f"{one['title']}, enumeration: ours to glibc files", "<= 1", ratio, ratio <= 1
    more = one["enumeration"]["vmail"]["grown_kib"] - smallest["enumeration"]["vmail"]["grown_kib"]
    yield f"{one['title']}, enumeration: memory over {smallest['title']}, KiB", "<= 256", more, more <= 256
    took = one["authentication"]["vmail"]["median"] / 1e3
    yield f"{one['title']}, authentication less the hash, us", "<= 300", took, took <= 300
    if "vmail" in one["build"]:
        seconds = one["build"]["vmail"]["seconds"]
        yield f"{one['title']}, vmailctl index, s", "<= 10", seconds, seconds <= 10


# ---- the plot ----

def plot(results):
    """A PNG, or nothing where there is no gnuplot: cost over number of users, a line a service."""
    if shutil.which("gnuplot") is None:
        return b""
    single = [one for one in results["sets"] if one["domains"] == 1]
    many = [one for one in results["sets"] if one["domains"] > 1]
    panels = (("look-up by name", lambda one: one["lookups"]["name"]), ("look-up by uid", lambda one: one["lookups"]["id"]),
              ("authentication less the hash", lambda one: without(one["authentication"], "hash")))
    script = ["set terminal pngcairo size 1800,620 font 'sans,11'", "set logscale xy", "set xrange [5:2e6]",
              "set format x '10^{%L}'", "set xlabel 'users'", "set ylabel 'microseconds'", "set key top left", "set grid",
              "set style data linespoints"]
    blocks, diagrams = [], ["set multiplot layout 1,3"]
    for title, get in panels:
        diagrams += [f"set title '{title}'", "plot " + ", ".join(curves(title, get, single, many, blocks))]
    done = subprocess.run(["gnuplot"], input="\n".join(script + blocks + diagrams).encode(), stdout=subprocess.PIPE)
    return done.stdout if done.returncode == 0 else b""


def curves(title, get, single, many, blocks):
    """Lines for one domain, a lone point for our many domains. Their data is appended to BLOCKS."""
    def data(points):
        name = f"$data{len(blocks)}"
        blocks.append("\n".join([f"{name} << END", *(f"{users} {nanoseconds / 1e3}" for users, nanoseconds in points), "END"]))
        return name

    for index, service in enumerate(rows_of(single, get)):
        points = [(one["users"], get(one)[service]["median"]) for one in single if service in get(one)]
        name = in_gnuplot(label(service, title.startswith("auth")))
        yield f"{data(points)} title '{name}' lw {3 if service == 'vmail' else 1.5} lt {color(service)} pt {index + 4}"
    for one in many:
        point = data([(one["users"], get(one)["vmail"]["median"])])
        yield f"{point} with points title 'ours, {one['title']}' pt 3 ps 2 lt {color('vmail')}"


def color(service):
    return list(TITLES).index(service) + 1


def in_gnuplot(text):
    return text.replace("_", "\\_")
