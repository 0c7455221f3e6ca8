#pragma once

#include "takeover/aws_spec.h"
#include "takeover/pursuit.h"
#include "takeover/sigv4.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace linkspan::takeover {

/// What the instance metadata service (version 2) is asked, one question after the other, so that credentials are always
/// there and renewed before their end. A value: requests come out, responses go in.
struct AwsMetadata {
    enum class Asked { Nothing, Token, Role, Credentials, Region, Interface };

    std::string origin = {};
    std::set<Mac> macs = {};
    bool wants_region = false;

    Secret token = {};
    WallTime token_ends = {};
    std::string role = {};
    AwsCredentials credentials = {};
    WallTime asked_for_credentials = {};
    std::string region = {};
    std::map<Mac, std::string> interfaces = {}; ///< "eni-…"

    Asked asked = Asked::Nothing;
    Mac asked_mac = {};
};

/// The next question; none = nothing is missing or about to end.
[[nodiscard]] std::optional<HttpRequest> next_question(AwsMetadata& metadata, WallTime now);
/// Accepted, or what is wrong with the answer.
[[nodiscard]] Learnt answer(AwsMetadata& metadata, const HttpResponse& response, WallTime now);
/// True where calls can be signed.
[[nodiscard]] bool is_ready(const AwsMetadata& metadata, WallTime now);
/// They were refused: asked for anew.
void forget_credentials(AwsMetadata& metadata);

} // namespace linkspan::takeover
