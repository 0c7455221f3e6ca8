"""Checks a signature of version 4 as a service would, by the rules AWS publishes, with Python's own HMAC."""

import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote, urlsplit

SECRETS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AKIDRENEWED": "aSecondSecretThatIsNewer"}
FORM = re.compile(r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d+)/([\w-]+)/(\w+)/aws4_request, SignedHeaders=([\w;-]+), "
                  r"Signature=([0-9a-f]{64})")


def is_signed(request, service):
    found = FORM.fullmatch(request["headers"].get("authorization", ""))
    if not found or found[4] != service or found[1] not in SECRETS:
        return False
    key_id, day, region, _, names, signature = found.groups()
    names = names.split(";")
    if not {"host", "x-amz-date"} <= set(names):
        return False
    url = urlsplit(request["path"])
    query = sorted((quote(key, "-_.~"), quote(value, "-_.~")) for key, value in parse_qsl(url.query, True))
    canonical = "\n".join([
        request["method"], url.path, "&".join(f"{key}={value}" for key, value in query),
        *[f"{name}:{' '.join(request['headers'][name].split())}" for name in names], "", ";".join(names),
        hashlib.sha256(request["body"].encode()).hexdigest()])
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", request["headers"]["x-amz-date"], scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRETS[key_id]).encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), signature)
