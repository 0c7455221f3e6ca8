#include "takeover/azure_metadata.h"

#include "takeover/json_reading.h"

#include <algorithm>
#include <charconv>

namespace linkspan::takeover {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Asked = AzureMetadata::Asked;

constexpr auto ahead = minutes{10};
constexpr auto between_renewals = seconds{30}; ///< where it gives the same one again
constexpr std::size_t most_token = 16384;

HttpRequest get(const AzureMetadata& metadata, std::string target)
{
    return {
        .origin = metadata.origin, .target = std::move(target), .headers = {{"metadata", "true"}}, .limit = seconds{5}};
}

Learnt refused(std::string problem)
{
    return {Reply::Refused, "instance metadata: " + std::move(problem), {}};
}

/// A token goes into a header, a name into a path.
bool is_word(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

Learnt learn_token(AzureMetadata& metadata, const boost::json::object& object, WallTime now)
{
    metadata.asked_for_token = now;
    const auto token = text_in(object, "access_token");
    const auto life = text_in(object, "expires_in"); // a number, written as a string
    std::int64_t left = 0;
    std::from_chars(life.data(), life.data() + life.size(), left);
    if (!is_word(token) || token.size() > most_token || left <= 0) return refused("the token is incomplete");
    metadata.token = Secret{token};
    metadata.token_ends = now + seconds{std::min<std::int64_t>(left, 86400)};
    return {Reply::Accepted, {}, {}};
}

Learnt learn_place(AzureMetadata& metadata, const boost::json::object& object)
{
    const auto subscription = text_in(object, "subscriptionId"), group = text_in(object, "resourceGroupName");
    if (!is_word(subscription) || !is_word(group)) return refused("it does not say where this machine is");
    metadata.subscription = subscription;
    metadata.resource_group = group;
    return {Reply::Accepted, {}, {}};
}

} // namespace

std::optional<HttpRequest> next_question(AzureMetadata& metadata, WallTime now)
{
    if (metadata.wants_place && metadata.subscription.empty()) {
        metadata.asked = Asked::Place;
        return get(metadata, "/metadata/instance/compute?api-version=2021-02-01");
    }
    const bool is_near = metadata.token.empty() || metadata.token_ends <= now + ahead;
    const bool was_asked = !metadata.token.empty() && metadata.asked_for_token + between_renewals > now;
    if (!is_near || was_asked) return {};
    metadata.asked = Asked::Token;
    return get(metadata,
               "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" + percent_encoded(metadata.resource));
}

Learnt answer(AzureMetadata& metadata, const HttpResponse& response, WallTime now)
{
    const std::string what =
        metadata.asked == Asked::Token ? "a token (has the machine a managed identity?)" : "the machine's place";
    if (response.status != 200)
        return {response.status == 0 || response.status >= 429 ? Reply::Unsure : Reply::Refused,
                "instance metadata: asked for " + what + ": " +
                    (response.status ? "status " + std::to_string(response.status) : response.problem),
                {}};
    const auto object = object_of(response.body);
    if (!object) return refused("an answer that is no JSON");
    return metadata.asked == Asked::Token ? learn_token(metadata, *object, now) : learn_place(metadata, *object);
}

bool is_ready(const AzureMetadata& metadata, WallTime now)
{
    return !metadata.token.empty() && metadata.token_ends > now &&
           (!metadata.wants_place || !metadata.subscription.empty());
}

void forget_token(AzureMetadata& metadata)
{
    metadata.token = {};
}

} // namespace linkspan::takeover
