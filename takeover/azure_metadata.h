#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "takeover/http.h"
#include "takeover/pursuit.h"

#include <optional>
#include <string>

namespace linkspan::takeover {

/// What Azure's instance metadata service is asked: a token of the machine's managed identity, renewed before its end, and
/// where the machine is. A value: requests come out, responses go in.
struct AzureMetadata {
    enum class Asked { Nothing, Token, Place };

    std::string origin = {};
    std::string resource = {}; ///< whom the token is for: "https://management.azure.com/"
    bool wants_place = false;

    Secret token = {};
    WallTime token_ends = {};
    WallTime asked_for_token = {};
    std::string subscription = {};
    std::string resource_group = {};

    Asked asked = Asked::Nothing;
};

[[nodiscard]] std::optional<HttpRequest> next_question(AzureMetadata& metadata, WallTime now);
/// Accepted, or what is wrong with the answer.
[[nodiscard]] Learnt answer(AzureMetadata& metadata, const HttpResponse& response, WallTime now);
[[nodiscard]] bool is_ready(const AzureMetadata& metadata, WallTime now);
/// It was refused: asked for anew.
void forget_token(AzureMetadata& metadata);

} // namespace linkspan::takeover
