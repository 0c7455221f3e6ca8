"""The arrows between the rooms: who may include whom, and what only one place may name."""

import re

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')

# header prefix -> the paths that may include it
OUTSIDE = {
    "toml++/": re.compile(r"config/parse\w*\.(h|cpp)"),
    "nftables/": re.compile(r"nft/\w+\.(h|cpp)"),
    "libmnl/": re.compile(r"(netlink|nft|xfrm)/\w+\.(h|cpp)"),
    "curl/": re.compile(r"takeover/transfers\.cpp"),
    "pugixml": re.compile(r"takeover/\w+_codec\.cpp"),
    "netlink/route/": re.compile(r"(netlink|vti|route)/\w+\.(h|cpp)"),
}
SD_EVENT_HOME = re.compile(r"service/loop\.(h|cpp)")


def check(tree):
    complaints = []
    for path in tree.files(".h", ".cpp"):
        room = path.parts[0]
        in_room = room in tree.rooms
        for number, line in enumerate(tree.lines(path), 1):
            found = INCLUDE.match(line)
            complaint = None
            if found:
                complaint = foreign(path, found[1]) or (in_room and arrow(tree, path, room, found[1]))
            elif in_room and re.search(r"\bsd_event_", line) and not SD_EVENT_HOME.fullmatch(str(path)):
                complaint = "only service/loop.cpp names sd_event"
            if complaint:
                complaints.append(f"{path}:{number}: {complaint}")
    return complaints


def arrow(tree, path, room, header):
    target = header.split("/")[0]
    if target not in tree.rooms:
        return None
    if target != room and target not in tree.rooms[room]:
        return f"{room}/ may not include {target}/ (CMakeLists.txt says which rooms it USES)"
    if is_value(path) and target != "base" and not is_value(header):
        return f"a spec is a value: it includes base/ and other specs only, not {header}"
    if path.name.endswith("plan.cpp") and target == "netlink":
        return "a plan is pure: no netlink include"
    return None


def is_value(path):
    return str(path).endswith("spec.h")


def foreign(path, header):
    for prefix, home in OUTSIDE.items():
        if header.startswith(prefix) and path_is_ours(path) and not home.fullmatch(str(path)):
            return f"<{header}> is not for this file, only for {home.pattern}"
    return None


def path_is_ours(path):
    return path.parts[0] not in ("tests", "bench")
