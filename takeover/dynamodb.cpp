#include "takeover/dynamodb.h"

#include "takeover/decimal.h"
#include "takeover/json_reading.h"
#include "takeover/line.h"

namespace linkspan::takeover {
namespace {

namespace json = boost::json;
using ha::ArbiterAnswer;
using ha::ArbiterVerdict;

json::object number(std::uint64_t value)
{
    return {{"N", std::to_string(value)}};
}

std::optional<std::uint64_t> number_in(const json::object& item, std::string_view key)
{
    const auto* attribute = object_in(item, key);
    return attribute ? number_of(text_in(*attribute, "N")) : std::nullopt;
}

Result<ha::ArbiterRecord> record_in(const json::object& answer)
{
    const auto* item = object_in(answer, "Item");
    if (!item) return ha::ArbiterRecord{};
    const auto epoch = number_in(*item, "epoch"), revision = number_in(*item, "revision");
    if (!epoch || !revision || *revision == 0)
        return failure(Kind::Protocol, "the table has something else than an epoch there");
    return ha::ArbiterRecord{{*epoch}, *revision};
}

json::object put(const DynamoDbSpec& spec, const ha::WriteRecord& write)
{
    json::object body{{"TableName", spec.table},
                      {"Item", json::object{{"pair", json::object{{"S", spec.pair}}},
                                            {"epoch", number(write.epoch.value)},
                                            {"revision", number(write.expected + 1)}}},
                      {"ReturnValuesOnConditionCheckFailure", "ALL_OLD"}};
    if (write.expected == 0) {
        body["ConditionExpression"] = "attribute_not_exists(pair)";
        return body;
    }
    body["ConditionExpression"] = "revision = :expected";
    body["ExpressionAttributeValues"] = json::object{{":expected", number(write.expected)}};
    return body;
}

} // namespace

DynamoDbStore::DynamoDbStore(DynamoDbSpec spec) : spec_(std::move(spec))
{
    metadata_.origin = spec_.metadata;
    metadata_.wants_region = spec_.region.empty();
}

std::optional<HttpRequest> DynamoDbStore::next_question(WallTime now)
{
    return takeover::next_question(metadata_, now);
}

Learnt DynamoDbStore::answer(const HttpResponse& response, WallTime now)
{
    return takeover::answer(metadata_, response, now);
}

bool DynamoDbStore::is_ready(WallTime now) const
{
    return takeover::is_ready(metadata_, now);
}

HttpRequest DynamoDbStore::request(const ha::ArbiterRequest& what, std::size_t, WallTime now)
{
    const auto& region = spec_.region.empty() ? metadata_.region : spec_.region;
    const auto* write = std::get_if<ha::WriteRecord>(&what);
    const json::object read{{"TableName", spec_.table},
                            {"Key", json::object{{"pair", json::object{{"S", spec_.pair}}}}},
                            {"ConsistentRead", true}};
    HttpRequest request{
        .method = "POST",
        .origin = spec_.endpoint.empty() ? origin_of({region, "dynamodb"}) : spec_.endpoint,
        .headers = {{"content-type", "application/x-amz-json-1.0"},
                    {"x-amz-target", std::string{"DynamoDB_20120810."} + (write ? "PutItem" : "GetItem")}},
        .body = json::serialize(write ? put(spec_, *write) : read)};
    sign(request, metadata_.credentials, {region, "dynamodb"}, now);
    return request;
}

Result<ArbiterAnswer> DynamoDbStore::learn(const ha::ArbiterRequest& what, const HttpResponse& response)
{
    if (response.status == 0) return failure(Kind::Disconnected, response.problem);
    const auto object = object_of(response.body);
    if (!object) return failure(Kind::Protocol, "status " + std::to_string(response.status) + " and no JSON");
    const auto* write = std::get_if<ha::WriteRecord>(&what);
    const bool is_refusal = text_in(*object, "__type").ends_with("#ConditionalCheckFailedException");
    if (response.status != 200 && !(write && is_refusal)) {
        if (text_in(*object, "__type").contains("Token") || response.status == 403) forget_credentials(metadata_);
        return failure(Kind::Protocol,
                       "status " + std::to_string(response.status) + ": " + line_of(response.body, 200));
    }
    if (write && !is_refusal) return ArbiterAnswer{0, ArbiterVerdict::Written, {write->epoch, write->expected + 1}};
    const auto record = record_in(*object);
    TRY(record);
    return ArbiterAnswer{0, write ? ArbiterVerdict::Refused : ArbiterVerdict::Read, *record};
}

} // namespace linkspan::takeover
