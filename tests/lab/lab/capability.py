"""What the running kernel can do, found out by trying it in a throw-away namespace; never by its version."""

import os
import subprocess

PROBES = {
    "network namespaces": "true",
    "overlay file systems": "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w && mount -t overlay o -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /etc",
    "veth": "ip link add name va type veth peer name vb",
    "dummy": "ip link add d0 type dummy",
    "ip_vti": "ip link add v0 type vti local 192.0.2.1 remote 192.0.2.2 key 7",
    "ip6_vti": "ip link add v1 type vti6 local 2001:db8::1 remote 2001:db8::2 key 7",
    "xfrm interface": "ip link add x0 type xfrm if_id 7",
    "esp4 with AES-GCM": "ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 1 mode tunnel"
                         " aead 'rfc4106(gcm(aes))' 0x0102030405060708090a0b0c0d0e0f1011121314 128",
    "esp6 with AES-GCM": "ip xfrm state add src 2001:db8::1 dst 2001:db8::2 proto esp spi 1 mode tunnel"
                         " aead 'rfc4106(gcm(aes))' 0x0102030405060708090a0b0c0d0e0f1011121314 128",
    "xfrm policies": "ip xfrm policy add src 192.0.2.0/24 dst 198.51.100.0/24 dir out action block",
    "nft queue": "nft 'add table inet t; add chain inet t c { type filter hook forward priority 0; }; add rule inet t c udp sport 53 queue flags bypass to 7'",
    "netem": "ip link add d1 type dummy && tc qdisc add dev d1 root netem loss 1%",
    "nftables": "nft 'add table inet t; add chain inet t c { type filter hook forward priority 0; }; "
                "add rule inet t c tcp flags syn tcp option maxseg size set rt mtu'",
}

# The first try may be what loads a cipher, and the kernel waits a minute for it, which a busy machine may need to boot.
TRIES = 3


def missing():
    """Names of what this kernel cannot do here and now (or may not: namespaces need root)."""
    lacking = []
    for name, command in PROBES.items():
        if not any(_can(command) for _ in range(TRIES)):
            lacking.append(name)
    return lacking


def _can(command):
    probe = subprocess.run(["unshare", "--net", "--mount", "sh", "-ec", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return probe.returncode == 0


def load_modules():
    """Before the first namespace is made, so that each is born with the same fall-back links (ip_vti0, ip6_vti0)."""
    for module in ["overlay", "ip_vti", "ip6_vti", "xfrm_interface", "esp4", "esp6", "dummy", "veth", "nft_queue", "nfnetlink_queue", "nfnetlink_log",
                   "nf_conntrack_netlink", "sch_netem"]:
        subprocess.run(["/sbin/modprobe", "-q", module], check=False, stderr=subprocess.DEVNULL)


def keep_all_packets():
    """What a slow processor cannot take in at once waits: of all machines' cables together, the kernel would keep 1,000 packets."""
    with open("/proc/sys/net/core/netdev_max_backlog", "w", encoding="ascii") as setting:
        setting.write("100000")


def inside_guest():
    return os.environ.get("LAB_INSIDE") == "guest"
