#!/usr/bin/python3
"""Every check is shown a tree that keeps its rule, and trees that break it in one way each."""

import importlib
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from tree import Tree, read_rooms  # noqa: E402

ROOMS = {"base": set(), "netlink": {"base"}, "vti": {"base", "netlink"}, "agent": {"base", "vti"},
         "cli": {"base"}}


def complaints(check, files):
    """The check's complaints about a tree made of `files`: path -> content."""
    with tempfile.TemporaryDirectory() as root:
        for path, content in files.items():
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        return importlib.import_module(check).check(Tree(root, ROOMS))


class Checks(unittest.TestCase):
    def keeps(self, check, files):
        self.assertEqual(complaints(check, files), [])

    def breaks(self, check, files, says):
        found = complaints(check, files)
        self.assertEqual(len(found), 1, found)
        self.assertIn(says, found[0])

    def test_includes(self):
        self.keeps("includes", {"vti/plan.cpp": '#include "vti/spec.h"\n#include "base/plan.h"\n#include <map>\n'})
        self.keeps("includes", {"vti/codec.cpp": "#include <netlink/route/link.h>\n"})
        self.keeps("includes", {"service/loop.cpp": "sd_event_new(&event);\n"})
        self.breaks("includes", {"base/ip.cpp": '#include "vti/spec.h"\n'}, "base/ may not include vti/")
        self.breaks("includes", {"vti/plan.cpp": '#include "netlink/message.h"\n'}, "a plan is pure")
        self.breaks("includes", {"vti/spec.h": '#include "netlink/socket.h"\n'}, "a spec is a value")
        self.breaks("includes", {"agent/load.cpp": "#include <toml++/toml.h>\n"}, "not for this file")
        self.breaks("includes", {"vti/apply.cpp": "#include <nftables/libnftables.h>\n"}, "not for this file")
        self.breaks("includes", {"agent/app.cpp": "sd_event_new(&event);\n"}, "only service/loop.cpp")

    def test_lengths(self):
        body = "    work();\n"
        self.keeps("lengths", {"base/a.cpp": "void f()\n{\n" + body * 60 + "}\n"})
        self.keeps("lengths", {"base/a.cpp": "void f()\n{\n" + "    case A: return 1;\n" * 80 + "}\n"})
        self.keeps("lengths", {"base/a.cpp": 'void f()\n{\n    g(R"(\n' + "text\n" * 80 + ')");\n}\n'})
        self.breaks("lengths", {"base/a.cpp": 'void f()\n{\n    g(R"(a)");\n' + body * 60 + "}\n"}, "a function of 61 lines")
        self.keeps("lengths", {"base/a.cpp": "// length: a table\n" + "int a;\n" * 400})
        self.breaks("lengths", {"base/a.cpp": "void f()\n{\n" + body * 61 + "}\n"}, "a function of 61 lines")
        self.breaks("lengths", {"base/a.h": "int a;\n" * 401}, "401 lines")

    def test_names(self):
        self.keeps("names", {"base/ip.h": 'auto text = "NetworkManager"; // a Util\n'})
        self.breaks("names", {"base/ip.h": "class LinkManager;\n"}, "LinkManager says nothing")
        self.breaks("names", {"base/string_util.h": ""}, "the file's name")

    def test_mirrors(self):
        self.keeps("mirrors", {"vti/plan.cpp": "", "tests/unit/vti/plan_test.cpp": ""})
        self.keeps("mirrors", {"vti/apply.cpp": "", "tests/check/unmirrored.txt": "# why\nvti/apply.cpp needs a kernel\n"})
        self.breaks("mirrors", {"vti/plan.cpp": ""}, "no tests/unit/vti/plan_test.cpp")
        self.keeps("mirrors", {"cli/render_plan.cpp": "", "tests/unit/cli/render_test.cpp": ""})
        self.breaks("mirrors", {"tests/check/unmirrored.txt": "vti/plan.cpp gone\n"}, "excuses nothing")
        self.breaks("mirrors", {"vti/a.cpp": "", "tests/check/unmirrored.txt": "vti/a.cpp\n"}, "no reason")
        self.breaks("mirrors", {"vti/a.cpp": "", "tests/unit/vti/a_test.cpp": "",
                                "tests/check/unmirrored.txt": "vti/a.cpp kernel\n"}, "strike it")

    def test_kernel_facts(self):
        page, test = "docs/kernel-facts.md", {"tests/unit/vti/a_test.cpp": "TEST(Vti, Keeps)\n{\n}\n"}
        self.keeps("kernel_facts", test | {page: "| Fact | Test |\n|---|---|\n| a | `Vti.Keeps` |\n- b,\n  `Vti.Keeps`\n"})
        self.keeps("kernel_facts", test | {page: "- by path: `tests/unit/vti/a_test.cpp`\n"})
        self.breaks("kernel_facts", test | {page: "- a, `Vti.Forgets`\n"}, "no existing test")
        self.breaks("kernel_facts", test | {page: "| Fact | Test |\n|---|---|\n| a | none |\n"}, "no existing test")
        self.breaks("kernel_facts", {}, "missing")

    def test_portable(self):
        self.keeps("portable", {"README.md": "build/work/x https://www.debian.org/ /etc/linkspan $HOME/home/x"})
        self.breaks("portable", {"README.md": "see /" + "work/main"}, "a path of one machine")
        self.breaks("portable", {"a.txt": "http://proxy.internal:3128/"}, "unexpected host proxy.internal")

    @unittest.skipUnless(shutil.which("clang-format-19"), "clang-format-19 is not installed")
    def test_formatting(self):
        self.keeps("formatting", {"base/a.cpp": "int a;\n"})
        self.breaks("formatting", {"base/a.cpp": "int   a;\n"}, "code should be clang-formatted")

    @unittest.skipUnless(shutil.which("man"), "man is not installed")
    def test_manuals(self):
        good = ".TH A 8\n.SH NAME\na \\- b\n"
        pages = {f"docs/man/{name}": good for name in ("linkspan.8", "linkspand.8", "linkspan.toml.5")}
        self.keeps("manuals", pages)
        self.breaks("manuals", pages | {"docs/man/linkspan.8": good + ".SHH X\n"}, "SHH")
        del pages["docs/man/linkspan.8"]
        self.breaks("manuals", pages, "missing")

    def test_rooms_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("base:\nvti:base\nnetlink\nagent:base\n")
            file.flush()
            self.assertEqual(read_rooms(file.name), {"base": set(), "vti": {"base", "netlink"}, "agent": {"base"}})


if __name__ == "__main__":
    unittest.main()
