#include "takeover/blob.h"

#include "takeover/decimal.h"
#include "takeover/line.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace linkspan::takeover {
namespace {

using ha::ArbiterAnswer;
using ha::ArbiterVerdict;

/// "0x8DD1A2B3C4D5E6F", in quotes. 0 = not of that form.
std::uint64_t revision_of(std::string_view etag)
{
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    if (!etag.starts_with("\"0x") || !etag.ends_with('"') || etag.size() < 5) return 0;
    return number_of(etag.substr(3, etag.size() - 4), 16).value_or(0);
}

std::string etag_of(std::uint64_t revision)
{
    std::string digits(16, '\0');
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), revision, 16).ptr;
    digits.resize(static_cast<std::size_t>(end - digits.data()));
    for (auto& c : digits)
        if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    return "\"0x" + digits + '"';
}

/// "Mon, 27 Jul 2009 12:28:53 GMT"
std::string http_date(WallTime at)
{
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = WallTime::clock::to_time_t(at);
    std::tm parts{};
    if (!::gmtime_r(&seconds, &parts)) return {};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                  days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                  months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                  parts.tm_sec);
    return text.data();
}

/// "BlobNotFound"
std::string_view code_of(const HttpResponse& response)
{
    if (const auto code = response.header("x-ms-error-code"); !code.empty()) return code;
    constexpr std::string_view opening = "<Code>";
    const std::string_view body = response.body;
    const auto at = body.find(opening);
    if (at == std::string_view::npos) return {};
    const auto code = body.substr(at + opening.size());
    return code.substr(0, code.find('<'));
}

/// What to do about it stands beside what the service said.
std::string_view advice_for(std::string_view code)
{
    if (code == "ContainerNotFound") return "; create the container";
    if (code.starts_with("Lease")) return "; somebody holds a lease on the blob: break it";
    if (code.starts_with("Authorization"))
        return "; has the machine's identity the role Storage Blob Data Contributor on the container?";
    return {};
}

std::unexpected<Error> problem_of(const HttpResponse& response)
{
    const auto code = code_of(response);
    const auto said = code.empty() ? line_of(response.body, 200) : line_of(code, 100);
    return failure(Kind::Protocol,
                   "status " + std::to_string(response.status) + ": " + said + std::string{advice_for(code)});
}

/// The condition of a write was not met.
bool is_refusal(const HttpResponse& response)
{
    const auto code = code_of(response);
    if (response.status == 412) return code.empty() || code == "ConditionNotMet";
    return (response.status == 409 && code == "BlobAlreadyExists") ||
           (response.status == 404 && code == "BlobNotFound"); // somebody has deleted what was to be replaced
}

} // namespace

BlobStore::BlobStore(BlobSpec spec) : spec_(std::move(spec))
{
    metadata_.origin = spec_.metadata;
    metadata_.resource = "https://storage.azure.com/";
}

std::optional<HttpRequest> BlobStore::next_question(WallTime now)
{
    return takeover::next_question(metadata_, now);
}

Learnt BlobStore::answer(const HttpResponse& response, WallTime now)
{
    return takeover::answer(metadata_, response, now);
}

bool BlobStore::is_ready(WallTime now) const
{
    return takeover::is_ready(metadata_, now);
}

HttpRequest BlobStore::request(const ha::ArbiterRequest& what, std::size_t, WallTime now)
{
    HttpRequest request{.origin = spec_.origin,
                        .target = spec_.path,
                        .headers = {{"authorization", "Bearer " + std::string{metadata_.token.reveal()}},
                                    {"x-ms-date", http_date(now)},
                                    {"x-ms-version", "2021-08-06"}}};
    const auto* write = std::get_if<ha::WriteRecord>(&what);
    if (!write) return request;
    request.method = "PUT";
    request.headers.emplace_back("x-ms-blob-type", "BlockBlob");
    request.headers.emplace_back("content-type", "text/plain");
    if (write->expected == 0)
        request.headers.emplace_back("if-none-match", "*");
    else
        request.headers.emplace_back("if-match", etag_of(write->expected));
    request.body = std::to_string(write->epoch.value);
    return request;
}

Result<ArbiterAnswer> BlobStore::learn(const ha::ArbiterRequest& what, const HttpResponse& response)
{
    if (response.status == 0) return failure(Kind::Disconnected, response.problem);
    const auto* write = std::get_if<ha::WriteRecord>(&what);
    const auto revision = revision_of(response.header("etag"));
    if (write && response.status == 201 && revision != 0)
        return ArbiterAnswer{0, ArbiterVerdict::Written, {write->epoch, revision}};
    if (write && is_refusal(response)) return ArbiterAnswer{0, ArbiterVerdict::Refused, {}};
    if (!write && response.status == 404 && code_of(response) == "BlobNotFound")
        return ArbiterAnswer{0, ArbiterVerdict::Read, {}};
    if (!write && response.status == 200) {
        const auto epoch = number_of(response.body);
        if (epoch && revision != 0) return ArbiterAnswer{0, ArbiterVerdict::Read, {{*epoch}, revision}};
        return failure(Kind::Protocol, "the blob has something else than an epoch in it");
    }
    if (response.status == 401 || code_of(response) == "AuthenticationFailed") forget_token(metadata_);
    return problem_of(response);
}

} // namespace linkspan::takeover
