"""What goes wrong: {"name": "AssociateAddress", "kind": "throttled", "times": 2, "skip": 0}.

Kinds: "throttled", "conflict", "expired", "denied", "broken" (500), "garbage" (200, and no sense in it): nothing happens, and this
is the answer. "lost": it happens, and the connection ends without an answer. "stale": the answer is of an older world."""

EC2_ERROR = "<Response><Errors><Error><Code>{}</Code><Message>as the test wants it</Message></Error></Errors></Response>"
ANSWERS = {
    "throttled": (503, {}, EC2_ERROR.format("RequestLimitExceeded")),
    "conflict": (400, {}, EC2_ERROR.format("IncorrectState")),
    "expired": (400, {}, EC2_ERROR.format("RequestExpired")),
    "denied": (403, {}, EC2_ERROR.format("UnauthorizedOperation")),
    "too-many": (429, {"retry-after": "0"}, '{"error": {"code": "TooManyRequests", "message": "later"}}'),
    "precondition": (412, {}, '{"error": {"code": "PreconditionFailed", "message": "etag"}}'),
    "busy": (409, {}, '{"error": {"code": "AnotherOperationInProgress", "message": "busy"}}'),
    "forbidden": (403, {}, '{"error": {"code": "AuthorizationFailed", "message": "no role"}}'),
    "unauthorized": (401, {}, '{"error": {"code": "ExpiredAuthenticationToken", "message": "old"}}'),
    "server-busy": (503, {"x-ms-error-code": "ServerBusy"}, "<Error><Code>ServerBusy</Code></Error>"),
    "broken": (500, {}, "internal"),
    "garbage": (200, {}, "\x01<<{]"),
    "lost": None,
}


class Faults:
    def __init__(self):
        self.waiting = []

    def add(self, faults):
        self.waiting += [{"times": 1, "skip": 0, **fault} for fault in faults]

    def for_request(self, name):
        for fault in self.waiting:
            if fault["name"] != name or fault["times"] <= 0:
                continue
            if fault["skip"] > 0:
                fault["skip"] -= 1
                continue
            fault["times"] -= 1
            kind = fault["kind"]
            return {"before": kind not in ("lost", "stale"), "stale": kind == "stale", "answer": ANSWERS.get(kind)}
        return None
