#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linkspan::takeover {

/// Names of headers in lower case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// A question to an API. Whoever makes one with a token in its headers does not tell it to anybody.
struct HttpRequest {
    std::string method = "GET";
    std::string origin = {};  ///< "https://ec2.eu-west-1.amazonaws.com", without a slash at its end
    std::string target = "/"; ///< path and query, already encoded
    Headers headers = {};
    std::string body = {};
    std::chrono::milliseconds limit{5000}; ///< for all of it
    bool on_new_connection = false;        ///< though one that is open is idle
};

/// `status` 0: there was none, and `problem` says why.
struct HttpResponse {
    int status = 0;
    Headers headers = {}; ///< as received, names in lower case
    std::string body = {};
    std::string problem = {};
    std::uint16_t port = 0; ///< ours, of the connection
    bool timed_out = false; ///< with status 0: the request may have had its effect
    std::uint32_t sent =
        0; ///< so often: a connection that was open already may end without an answer, and a new one is tried

    [[nodiscard]] std::string_view header(std::string_view name) const
    {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

/// More than this of an answer's body or headers is an error: nobody's answer grows memory.
inline constexpr std::size_t most_body = std::size_t{1} << 20;
inline constexpr std::size_t most_headers = 64;

/// Percent-encoding of everything but letters, digits and "-._~", as AWS and RFC 3986 want it.
[[nodiscard]] std::string percent_encoded(std::string_view text);
/// "a=1&b=%2F"; keys come out sorted.
[[nodiscard]] std::string form_of(const std::map<std::string, std::string>& fields);

} // namespace linkspan::takeover
