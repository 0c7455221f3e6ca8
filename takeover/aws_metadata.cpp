#include "takeover/aws_metadata.h"

#include "takeover/iso_time.h"
#include "takeover/json_reading.h"

#include <algorithm>

namespace linkspan::takeover {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Asked = AwsMetadata::Asked;

constexpr auto token_life = seconds{21600}; ///< the longest AWS gives
constexpr auto ahead = minutes{10};         ///< AWS has new credentials at least five minutes before the end of the old
constexpr auto between_renewals = seconds{30}; ///< where it gives the same ones again
constexpr std::size_t most_word = 512;

bool is_about_to_end(const AwsMetadata& metadata, WallTime now)
{
    const bool is_near = metadata.credentials.key.empty() || metadata.credentials.expires <= now + ahead;
    return is_near && (metadata.credentials.key.empty() || metadata.asked_for_credentials + between_renewals <= now);
}

HttpRequest get(const AwsMetadata& metadata, std::string target)
{
    return {.origin = metadata.origin,
            .target = std::move(target),
            .headers = {{"x-aws-ec2-metadata-token", std::string{metadata.token.reveal()}}},
            .limit = seconds{2}};
}

HttpRequest ask_for_token(const AwsMetadata& metadata)
{
    return {.method = "PUT",
            .origin = metadata.origin,
            .target = "/latest/api/token",
            .headers = {{"x-aws-ec2-metadata-token-ttl-seconds", std::to_string(token_life.count())}},
            .limit = seconds{2}};
}

/// One printable word: it becomes part of a header or a path.
std::optional<std::string> word_in(std::string_view body)
{
    const auto word = body.substr(0, body.find_first_of("\r\n"));
    const bool is_printable = std::ranges::all_of(word, [](char c) { return c > ' ' && c < 0x7f; });
    if (word.empty() || word.size() > most_word || !is_printable) return {};
    return std::string{word};
}

Learnt refused(std::string problem)
{
    return {Reply::Refused, "instance metadata: " + std::move(problem), {}};
}

Learnt learn_credentials(AwsMetadata& metadata, const HttpResponse& response, WallTime now)
{
    metadata.asked_for_credentials = now;
    auto object = object_of(response.body);
    if (!object) return refused("the credentials are no JSON");
    AwsCredentials credentials{.key_id = text_in(*object, "AccessKeyId"),
                               .key = Secret{text_in(*object, "SecretAccessKey")},
                               .token = Secret{text_in(*object, "Token")}};
    const auto ends = iso_time(text_in(*object, "Expiration"));
    if (credentials.key_id.empty() || credentials.key.empty() || !ends)
        return refused("the credentials are incomplete");
    credentials.expires = *ends;
    metadata.credentials = std::move(credentials);
    return {Reply::Accepted, {}, {}};
}

Learnt learn_word(AwsMetadata& metadata, const HttpResponse& response, WallTime now)
{
    const auto word = word_in(response.body);
    if (!word) return refused("an answer that is no word");
    switch (metadata.asked) {
    case Asked::Token:
        metadata.token = Secret{*word};
        metadata.token_ends = now + token_life - minutes{5};
        break;
    case Asked::Role: metadata.role = *word; break;
    case Asked::Region: metadata.region = *word; break;
    case Asked::Interface: metadata.interfaces[metadata.asked_mac] = *word; break;
    case Asked::Credentials:
    case Asked::Nothing: break;
    }
    return {Reply::Accepted, {}, {}};
}

std::string_view what_was(Asked asked)
{
    switch (asked) {
    case Asked::Token: return "a session token";
    case Asked::Role: return "the instance's role (is there an instance profile?)";
    case Asked::Credentials: return "the role's credentials";
    case Asked::Region: return "the region";
    case Asked::Interface: return "the id of an interface";
    case Asked::Nothing: break;
    }
    return "nothing";
}

} // namespace

std::optional<HttpRequest> next_question(AwsMetadata& metadata, WallTime now)
{
    const auto ask = [&](Asked what, HttpRequest request) {
        metadata.asked = what;
        return request;
    };
    const auto missing =
        std::ranges::find_if(metadata.macs, [&](const auto& mac) { return !metadata.interfaces.contains(mac); });
    const bool wants_region = metadata.wants_region && metadata.region.empty();
    const bool renews = is_about_to_end(metadata, now);
    if (!renews && !wants_region && missing == metadata.macs.end()) return {};
    if (metadata.token.empty() || metadata.token_ends <= now) return ask(Asked::Token, ask_for_token(metadata));
    const std::string base = "/latest/meta-data/";
    if (wants_region) return ask(Asked::Region, get(metadata, base + "placement/region"));
    if (missing != metadata.macs.end()) {
        metadata.asked_mac = *missing;
        return ask(Asked::Interface, get(metadata, base + "network/interfaces/macs/" + *missing + "/interface-id"));
    }
    if (metadata.role.empty()) return ask(Asked::Role, get(metadata, base + "iam/security-credentials/"));
    return ask(Asked::Credentials, get(metadata, base + "iam/security-credentials/" + percent_encoded(metadata.role)));
}

Learnt answer(AwsMetadata& metadata, const HttpResponse& response, WallTime now)
{
    if (response.status == 401) metadata.token = {}; // it ended before its time
    if (response.status == 404 && metadata.asked == Asked::Credentials) metadata.role.clear(); // another one now
    if (response.status != 200)
        return {response.status == 0 || response.status >= 500 ? Reply::Unsure : Reply::Refused,
                "instance metadata: asked for " + std::string{what_was(metadata.asked)} + ": " +
                    (response.status ? "status " + std::to_string(response.status) : response.problem),
                {}};
    if (metadata.asked == Asked::Credentials) return learn_credentials(metadata, response, now);
    return learn_word(metadata, response, now);
}

bool is_ready(const AwsMetadata& metadata, WallTime now)
{
    return !metadata.credentials.key.empty() && metadata.credentials.expires > now &&
           metadata.interfaces.size() >= metadata.macs.size() && (!metadata.wants_region || !metadata.region.empty());
}

void forget_credentials(AwsMetadata& metadata)
{
    metadata.credentials = {};
    metadata.asked_for_credentials = {};
}

} // namespace linkspan::takeover
