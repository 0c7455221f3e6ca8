#include "takeover/etcd.h"

#include "takeover/base64.h"
#include "takeover/decimal.h"
#include "takeover/json_reading.h"
#include "takeover/line.h"

namespace linkspan::takeover {
namespace {

namespace json = boost::json;
using ha::ArbiterAnswer;
using ha::ArbiterVerdict;

/// The gateway writes 64 bit numbers as strings, and leaves out what is zero.
std::optional<std::uint64_t> number_in(const json::object& object, std::string_view key)
{
    const auto text = text_in(object, key);
    return text.empty() ? std::optional<std::uint64_t>{} : number_of(text);
}

/// Of the answer to a range; a key that is not there is revision 0.
Result<ha::ArbiterRecord> record_in(const json::object& range)
{
    const auto* list = range.if_contains("kvs");
    if (!list || !list->is_array() || list->as_array().empty()) return ha::ArbiterRecord{};
    const auto* entry = list->as_array().front().if_object();
    const auto revision = entry ? number_in(*entry, "mod_revision") : std::nullopt;
    const auto value = entry ? from_base64(text_in(*entry, "value")) : std::nullopt;
    const auto epoch = value ? number_of(*value) : std::nullopt;
    if (!revision || !epoch) return failure(Kind::Protocol, "etcd has something else than an epoch there");
    return ha::ArbiterRecord{{*epoch}, *revision};
}

json::object transaction(const std::string& key, const ha::WriteRecord& write)
{
    return {
        {"compare",
         json::array{json::object{
             {"key", key}, {"target", "MOD"}, {"result", "EQUAL"}, {"modRevision", std::to_string(write.expected)}}}},
        {"success",
         json::array{json::object{
             {"requestPut", json::object{{"key", key}, {"value", base64_of(std::to_string(write.epoch.value))}}}}}},
        {"failure", json::array{json::object{{"requestRange", json::object{{"key", key}}}}}}};
}

Result<ArbiterAnswer> learn_write(const ha::WriteRecord& write, const json::object& object)
{
    const auto* succeeded = object.if_contains("succeeded");
    if (succeeded && succeeded->is_bool() && succeeded->as_bool()) {
        const auto* header = object_in(object, "header");
        const auto revision = header ? number_in(*header, "revision") : std::nullopt;
        if (!revision) return failure(Kind::Protocol, "etcd does not tell the revision it has written");
        return ArbiterAnswer{0, ArbiterVerdict::Written, {write.epoch, *revision}};
    }
    const auto* responses = object.if_contains("responses");
    if (!responses || !responses->is_array() || responses->as_array().empty())
        return failure(Kind::Protocol, "etcd's answer to a transaction is none");
    const auto* first = responses->as_array().front().if_object();
    const auto* range = first ? object_in(*first, "response_range") : nullptr;
    if (!range) return failure(Kind::Protocol, "etcd's answer to a transaction is none");
    const auto record = record_in(*range);
    TRY(record);
    return ArbiterAnswer{0, ArbiterVerdict::Refused, *record};
}

} // namespace

HttpRequest EtcdStore::request(const ha::ArbiterRequest& what, std::size_t endpoint, WallTime)
{
    const auto key = base64_of(spec_.key);
    const auto* write = std::get_if<ha::WriteRecord>(&what);
    return {.method = "POST",
            .origin = spec_.endpoints[endpoint],
            .target = write ? "/v3/kv/txn" : "/v3/kv/range",
            .headers = {{"content-type", "application/json"}},
            .body = json::serialize(write ? transaction(key, *write) : json::object{{"key", key}})};
}

Result<ArbiterAnswer> EtcdStore::learn(const ha::ArbiterRequest& what, const HttpResponse& response)
{
    if (response.status == 0) return failure(Kind::Disconnected, response.problem);
    const auto object = object_of(response.body);
    if (response.status != 200 || !object)
        return failure(Kind::Protocol,
                       "status " + std::to_string(response.status) + ": " + line_of(response.body, 200));
    if (const auto* write = std::get_if<ha::WriteRecord>(&what)) return learn_write(*write, *object);
    const auto record = record_in(*object);
    TRY(record);
    return ArbiterAnswer{0, ArbiterVerdict::Read, *record};
}

} // namespace linkspan::takeover
