#include "takeover/azure_codec.h"

#include "takeover/json_reading.h"
#include "takeover/line.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace linkspan::takeover {
namespace {

/// Refusals with status 400 that end when somebody else is done.
constexpr auto passing = std::to_array<std::string_view>(
    {"PrivateIPAddressInUse", "PublicIPAddressInUse", "IPAddressInUse", "PublicIPAddressIsInUse",
     "AnotherOperationInProgress", "RetryableError", "InUseByAnotherOperation", "NicInUse"});
constexpr auto most_pause = std::chrono::seconds{30};

std::optional<std::chrono::milliseconds> pause_of(const HttpResponse& response)
{
    const auto text = response.header("retry-after");
    std::int64_t seconds = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec != std::errc{}) return {};
    return std::clamp<std::chrono::milliseconds>(std::chrono::seconds{std::clamp<std::int64_t>(seconds, 0, 3600)},
                                                 std::chrono::milliseconds{0}, most_pause);
}

Reply reply_of(int status, std::string_view code)
{
    if (std::ranges::find(passing, code) != passing.end() || status == 409 || status == 412) return Reply::Conflict;
    if (status == 429) return Reply::Throttled;
    if (status == 401) return Reply::Expired;
    return status == 408 || status >= 500 ? Reply::Unsure : Reply::Refused;
}

} // namespace

std::optional<Learnt> judge_failure(const HttpResponse& response)
{
    if (response.status == 0) return Learnt{Reply::Unsure, response.problem, {}};
    if (response.status >= 200 && response.status < 300) return {};
    const auto object = object_of(response.body);
    const auto* error = object ? object_in(*object, "error") : nullptr;
    const auto code = error ? text_in(*error, "code") : std::string{};
    auto text = "status " + std::to_string(response.status);
    if (error) text += ", " + code + ": " + text_in(*error, "message");
    return Learnt{reply_of(response.status, code), line_of(std::string_view{text}.substr(0, 300)), pause_of(response)};
}

std::optional<std::string> operation_of(const HttpResponse& response, std::string_view origin)
{
    auto where = response.header("azure-asyncoperation");
    if (where.empty() && response.status == 202) where = response.header("location");
    if (where.empty()) return std::string{};
    if (!where.starts_with(origin) || !where.substr(origin.size()).starts_with('/')) return {};
    return std::string{where.substr(origin.size())};
}

Learnt judge_poll(const HttpResponse& response)
{
    if (auto failed = judge_failure(response)) return std::move(*failed);
    if (response.status == 202) return {Reply::Running, {}, pause_of(response)};
    const auto object = object_of(response.body);
    const auto status = object ? text_in(*object, "status") : std::string{};
    if (status == "Failed" || status == "Canceled") {
        const auto* error = object_in(*object, "error");
        return {
            Reply::Conflict, "the operation ended: " + line_of(error ? text_in(*error, "message") : status, 300), {}};
    }
    if (status.empty() || status == "Succeeded") return {Reply::Accepted, {}, {}};
    return {Reply::Running, {}, pause_of(response)};
}

} // namespace linkspan::takeover
