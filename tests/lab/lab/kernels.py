"""Which Debian kernels there are to boot: installed ones, and ones unpacked under build/kernels (see fetch-kernel)."""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[3]  # the checkout
UNPACKED = ROOT / "build" / "kernels"


@dataclasses.dataclass(frozen=True)
class Kernel:
    version: str           # "6.1.0-56-amd64"
    tree: pathlib.Path     # holds boot/ and lib/modules/; "/" for an installed one

    @property
    def image(self):
        return self.tree / "boot" / f"vmlinuz-{self.version}"

    @property
    def modules(self):
        return self.tree / "lib" / "modules" / self.version


def _order(kernel):
    return [int(n) for n in re.findall(r"\d+", kernel.version)]


def available():
    """Every kernel the guest can boot, oldest first. The "cloud" flavour has no 9p, so the guest could not see its root."""
    trees = [pathlib.Path("/")] + sorted(p for p in UNPACKED.glob("*") if p.is_dir())
    found = [Kernel(image.name.removeprefix("vmlinuz-"), tree)
             for tree in trees for image in (tree / "boot").glob("vmlinuz-*")]
    return sorted((k for k in found if k.modules.is_dir() and "cloud" not in k.version), key=_order)


def pick(prefix=None):
    """The newest kernel whose version begins with `prefix` ("6.1" is 6.1.x, not 6.12); without one, the newest
    installed, or else the newest unpacked. Raises LookupError with what there is."""
    every = available()
    if prefix:
        fits = [k for k in every if re.match(re.escape(prefix) + r"(?!\d)", k.version)]
    else:
        fits = [k for k in every if k.tree == pathlib.Path("/")] or every
    if not fits:
        raise LookupError(f"no kernel {prefix or ''} to boot; there are: "
                          f"{', '.join(k.version for k in every) or 'none (make deps)'}")
    return fits[-1]
