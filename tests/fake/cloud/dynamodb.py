"""DynamoDB: one item of one table, read consistently, or put under a condition on its revision."""

import json

from sigv4 import is_signed

TARGET = "DynamoDB_20120810."


class DynamoDb:
    def __init__(self):
        self.items = {}  # key: item

    def knows(self, request):
        return request["headers"].get("x-amz-target", "").startswith(TARGET)

    def name_of(self, request):
        return request["headers"]["x-amz-target"].removeprefix(TARGET)

    def answer(self, request, stale):
        if not is_signed(request, "dynamodb") or request["headers"]["content-type"] != "application/x-amz-json-1.0":
            return 400, {}, json.dumps({"__type": "com.amazon.coral.service#InvalidSignatureException", "message": "no"})
        body = json.loads(request["body"])
        if body["TableName"] != "pairs":
            return 400, {}, json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"})
        if self.name_of(request) == "GetItem":
            assert body["ConsistentRead"] is True
            item = self.items.get(body["Key"]["pair"]["S"])
            return 200, {}, json.dumps({"Item": item} if item else {})
        return self.put(body)

    def put(self, body):
        key = body["Item"]["pair"]["S"]
        before = self.items.get(key)
        condition = body["ConditionExpression"]
        if condition == "attribute_not_exists(pair)":
            holds = before is None
        else:
            assert condition == "revision = :expected"
            holds = before is not None and before["revision"] == body["ExpressionAttributeValues"][":expected"]
        if not holds:
            refusal = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"}
            if body.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and before:
                refusal["Item"] = before
            return 400, {}, json.dumps(refusal)
        self.items[key] = body["Item"]
        return 200, {}, "{}"
