#include "egress/http_host.h"

#include "base/ip.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace linkspan::egress {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t max_method = 32;

std::unexpected<Error> malformed(const char* what)
{
    return failure(Kind::Protocol, std::string{"the HTTP request "} + what);
}

/// Letters of methods and field names (RFC 9110 section 5.6.2).
bool is_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.contains(c);
}

bool equal_but_for_case(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// What stands in front of the first `separator`, which is taken away with it; all where there is none.
std::string_view cut(std::string_view& text, std::string_view separator)
{
    const auto at = text.find(separator);
    const auto front = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
    return front;
}

/// "host", "host:port", "192.0.2.1:80", "[2001:db8::1]:80".
Result<DnsName> host_of(std::string_view authority)
{
    if (authority.empty() || authority.starts_with('[')) return DnsName{};
    const auto host = cut(authority, ":");
    if (IpAddress::parse(host)) return DnsName{};
    auto name = DnsName::parse(host);
    if (!name) return malformed("is for what no host can be called");
    return name;
}

/// The authority of "http://example.com/path"; empty for "/path" and "*".
std::string_view authority_of(std::string_view target)
{
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return {};
    target.remove_prefix(scheme + 3);
    return target.substr(0, target.find_first_of("/?#"));
}

/// The value of the one Host field; empty where there is none.
Result<std::string_view> host_field(std::string_view fields)
{
    std::string_view host;
    bool found = false;
    while (!fields.empty()) {
        auto value = cut(fields, line_end);
        const auto name = cut(value, ":");
        if (name.empty() || !std::ranges::all_of(name, is_token)) return malformed("has a malformed field");
        if (!equal_but_for_case(name, "host")) continue;
        if (found) return malformed("says twice which host it is for");
        found = true;
        host = trimmed(value);
    }
    return host;
}

Result<DnsName> read_head(std::string_view head)
{
    auto line = cut(head, line_end);
    const auto method = cut(line, " ");
    const auto target = cut(line, " ");
    if (method.empty() || target.empty() || !line.starts_with("HTTP/1.")) return malformed("has no request line");
    const auto field = host_field(head);
    TRY(field);
    auto host = host_of(*field);
    const auto authority = authority_of(target);
    if (!host || authority.empty()) return host;
    auto named = host_of(authority);
    if (named && !field->empty() && *named != *host) return malformed("is for one host and says another");
    return named;
}

/// Whether a request's head can begin so: a method, one space, and no byte that a head does not have.
bool may_be_request(std::string_view text)
{
    const auto method = text.substr(0, text.find(' '));
    const auto printable = [](char c) {
        return static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\r' || c == '\n';
    };
    return method.size() <= max_method && std::ranges::all_of(method, is_token) && std::ranges::all_of(text, printable);
}

} // namespace

Result<std::optional<DnsName>> decode_http_host(std::span<const std::uint8_t> stream)
{
    const std::string_view text{reinterpret_cast<const char*>(stream.data()), std::min(stream.size(), max_http_head)};
    const auto end = text.find("\r\n\r\n");
    const auto head = text.substr(0, end);
    if (!may_be_request(head)) return failure(Kind::Protocol, "the stream is no HTTP/1");
    if (end == std::string_view::npos && stream.size() >= max_http_head)
        return malformed("has a head longer than any client's");
    if (end == std::string_view::npos) return std::nullopt;
    return read_head(head);
}

} // namespace linkspan::egress
