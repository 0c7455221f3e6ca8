"""etcd's JSON gateway, version 3: a key is read, or written where its mod_revision is the expected one."""

import base64
import json


def decoded(text):
    return base64.b64decode(text).decode()


class Etcd:
    def __init__(self):
        self.revision = 1
        self.keys = {}  # key: [value, mod_revision, create_revision]

    def knows(self, request):
        return request["path"].startswith("/v3/")

    def name_of(self, request):
        return "etcd " + request["path"].rsplit("/", 1)[-1]

    def answer(self, request, stale):
        body = json.loads(request["body"])
        if request["path"] == "/v3/kv/range":
            return 200, {}, json.dumps({"header": self.header(), **self.range(body)})
        if request["path"] != "/v3/kv/txn":
            return 404, {}, ""
        succeeded = all(self.holds(compare) for compare in body["compare"])
        responses = []
        for operation in body["success" if succeeded else "failure"]:
            if "requestPut" in operation:
                self.put(operation["requestPut"])
                responses.append({"response_put": {"header": self.header()}})
            else:
                responses.append({"response_range": {"header": self.header(), **self.range(operation["requestRange"])}})
        return 200, {}, json.dumps({"header": self.header(), **({"succeeded": True} if succeeded else {}),
                                    "responses": responses})

    def header(self):
        return {"cluster_id": "1", "member_id": "2", "revision": str(self.revision), "raft_term": "2"}

    def holds(self, compare):
        _, modified, _ = self.keys.get(decoded(compare["key"]), ["", 0, 0])
        return compare["target"] == "MOD" and compare["result"] == "EQUAL" and int(compare["modRevision"]) == modified

    def put(self, put):
        self.revision += 1
        key = decoded(put["key"])
        created = self.keys.get(key, ["", 0, self.revision])[2]
        self.keys[key] = [decoded(put["value"]), self.revision, created]

    def range(self, wanted):
        key = decoded(wanted["key"])
        if key not in self.keys:
            return {}
        value, modified, created = self.keys[key]
        return {"kvs": [{"key": wanted["key"], "create_revision": str(created), "mod_revision": str(modified),
                         "version": "1", "value": base64.b64encode(value.encode()).decode()}], "count": "1"}
