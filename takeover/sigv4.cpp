#include "takeover/sigv4.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <sodium.h>
#include <span>

namespace linkspan::takeover {
namespace {

using Digest = std::array<unsigned char, crypto_hash_sha256_BYTES>;

const unsigned char* bytes_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex(const Digest& digest)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) (text += digits[byte >> 4]) += digits[byte & 15];
    return text;
}

std::string hashed(std::string_view text)
{
    Digest digest{};
    crypto_hash_sha256(digest.data(), bytes_of(text), text.size());
    return hex(digest);
}

Digest hmac(std::string_view key, std::string_view text)
{
    Digest digest{};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    sodium_memzero(&state, sizeof state);
    return digest;
}

std::string_view view_of(const Digest& digest)
{
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Without blanks at the ends, and one for several within.
std::string trimmed(std::string_view value)
{
    std::string text;
    for (const char c : value)
        if (c != ' ' || (!text.empty() && text.back() != ' ')) text += c;
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

/// Sorted by name and, for a name that occurs often, by value; as they stand, for they are encoded already.
std::string sorted_query(std::string_view query)
{
    std::vector<std::pair<std::string, std::string>> parts;
    while (!query.empty()) {
        const auto part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(part.size() + 1, query.size()));
        const auto equals = std::min(part.find('='), part.size());
        parts.emplace_back(part.substr(0, equals), equals < part.size() ? part.substr(equals + 1) : "");
    }
    std::ranges::sort(parts);
    std::string text;
    for (const auto& [name, value] : parts) (((text += text.empty() ? "" : "&") += name) += '=') += value;
    return text;
}

/// Sorted by name; the values of one name in their order, joined by commas.
std::map<std::string, std::string> joined(const Headers& headers)
{
    std::map<std::string, std::string> all;
    for (const auto& [name, value] : headers) {
        const auto [at, is_new] = all.try_emplace(name, trimmed(value));
        if (!is_new) at->second += ',' + trimmed(value);
    }
    return all;
}

std::string signed_headers_of(const Headers& headers)
{
    std::string names;
    for (const auto& [name, value] : joined(headers)) (names += names.empty() ? "" : ";") += name;
    return names;
}

std::string scope_text(const SigningScope& scope, WallTime time)
{
    return amz_date_of(time).substr(0, 8) + '/' + scope.region + '/' + scope.service + "/aws4_request";
}

} // namespace

std::string amz_date_of(WallTime time)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

std::string origin_of(const SigningScope& scope)
{
    return "https://" + scope.service + '.' + scope.region + ".amazonaws.com";
}

std::string canonical_request_of(const HttpRequest& request)
{
    const std::string_view target = request.target;
    const auto question = std::min(target.find('?'), target.size());
    std::string text = request.method + '\n';
    (text += target.substr(0, question)) += '\n';
    (text += sorted_query(question < target.size() ? target.substr(question + 1) : "")) += '\n';
    for (const auto& [name, value] : joined(request.headers)) (((text += name) += ':') += value) += '\n';
    return text + '\n' + signed_headers_of(request.headers) + '\n' + hashed(request.body);
}

std::string string_to_sign(std::string_view canonical_request, const SigningScope& scope, WallTime time)
{
    return "AWS4-HMAC-SHA256\n" + amz_date_of(time) + '\n' + scope_text(scope, time) + '\n' + hashed(canonical_request);
}

std::string signature_of(std::string_view to_sign, const AwsCredentials& credentials, const SigningScope& scope,
                         WallTime time)
{
    const auto key = credentials.key.reveal();
    std::string first = "AWS4";
    first.reserve(4 + key.size()); // one allocation, which is wiped
    first += key;
    Digest derived = hmac(first, amz_date_of(time).substr(0, 8));
    Secret::wipe(first);
    for (const std::string_view step :
         {std::string_view{scope.region}, std::string_view{scope.service}, std::string_view{"aws4_request"}})
        derived = hmac(view_of(derived), step);
    const auto signature = hex(hmac(view_of(derived), to_sign));
    sodium_memzero(derived.data(), derived.size());
    return signature;
}

void sign(HttpRequest& request, const AwsCredentials& credentials, const SigningScope& scope, WallTime time)
{
    const auto host = request.origin.find("://");
    request.headers.emplace_back("host", host == std::string::npos ? request.origin : request.origin.substr(host + 3));
    request.headers.emplace_back("x-amz-date", amz_date_of(time));
    if (!credentials.token.empty()) request.headers.emplace_back("x-amz-security-token", credentials.token.reveal());
    const auto to_sign = string_to_sign(canonical_request_of(request), scope, time);
    request.headers.emplace_back("authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.key_id + '/' +
                                                      scope_text(scope, time) +
                                                      ", SignedHeaders=" + signed_headers_of(Headers{request.headers}) +
                                                      ", Signature=" + signature_of(to_sign, credentials, scope, time));
}

} // namespace linkspan::takeover
