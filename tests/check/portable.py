"""Nothing in the tree knows the machine it was written on, or fetches from a host a person would not expect."""

import re

MACHINE_PATH = re.compile(r"(?<![\w.$}*/-])/(work|home|root|Users|workspace)/[\w.]")
URL_HOST = re.compile(r"\bhttps?://([A-Za-z0-9.-]+)")
HOSTS = re.compile(
    r"(.+\.)?(debian\.org|kernel\.org|freedesktop\.org|strongswan\.org|gnu\.org|rfc-editor\.org|json-schema\.org"
    r"|amazonaws\.com|\d+\.\d+\.\d+\.\d+|management\.azure\.com|storage\.azure\.com|blob\.core\.windows\.net"
    r"|blob\.core\.chinacloudapi\.cn|keepachangelog\.com|spdx\.org|github\.com|example\.(org|com|net))")
SELF = "tests/check/"  # the rule and its own test have to spell what they forbid


def check(tree):
    complaints = []
    for path in tree.files():
        if str(path).startswith(SELF) or is_binary(tree, path):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for found in MACHINE_PATH.finditer(line):
                complaints.append(f"{path}:{number}: a path of one machine: {found[0]}...")
            for found in URL_HOST.finditer(line):
                if not HOSTS.fullmatch(found[1]):
                    complaints.append(f"{path}:{number}: unexpected host {found[1]}")
    return complaints


def is_binary(tree, path):
    with open(tree.root / path, "rb") as file:
        return b"\0" in file.read(4096)
