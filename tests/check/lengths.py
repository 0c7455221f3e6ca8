"""Small files, small functions. A file may be longer if its first line says why: `// length: ...`."""

import re

FILE_CAP = 400
FUNCTION_CAP = 60
OPENING = re.compile(r"^(\s*)\{$")  # clang-format puts a function's brace, and no other, on a line of its own
RAW_STRING = re.compile(r'R"(\w*)\(')
FLAT = re.compile(r"^\s*(case |default:|break;|return |\.|\{|\"|//|[A-Z]\w*\()")


def check(tree):
    complaints = []
    for path in tree.files(".h", ".cpp", ".py"):
        lines = tree.lines(path)
        if len(lines) > FILE_CAP and not re.match(r"(//|#) length: ", lines[0]):
            complaints.append(f"{path}: {len(lines)} lines, more than {FILE_CAP}")
        if path.suffix != ".py":
            complaints += [
                f"{path}:{start}: a function of {len(body)} lines, more than {FUNCTION_CAP}"
                for start, body in functions(lines)
                if len(body) > FUNCTION_CAP and not is_flat(body)
            ]
    return complaints


def functions(lines):
    """(line number of the opening brace, lines of the body) for every braced block that begins on its own line."""
    for index, line in enumerate(lines):
        opening = OPENING.match(line)
        if opening:
            closing = re.compile(rf"^{opening[1]}\}}")
            end = next((at for at in range(index + 1, len(lines)) if closing.match(lines[at])), len(lines))
            yield index + 1, without_raw_strings(lines[index + 1:end])


def without_raw_strings(body):
    """A text in R"(...)" is data, however long."""
    kept, closing = [], None
    for line in body:
        if closing is None:
            kept.append(line)
            opened = RAW_STRING.search(line)
            closing = f'){opened[1]}"' if opened else None
        if closing and closing in line:
            closing = None
    return kept


def is_flat(body):
    """A table in the shape of a function: a flat switch, a list of attributes."""
    return sum(bool(FLAT.match(line)) for line in body) >= 0.9 * len(body)
