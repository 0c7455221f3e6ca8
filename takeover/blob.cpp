#include "takeover/blob.h"

#include "takeover/decimal.h"
#include "takeover/line.h"

#include <charconv>

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

HttpRequest BlobStore::request(const ha::ArbiterRequest& what, std::size_t, WallTime)
{
    HttpRequest request{.origin = spec_.origin,
                        .target = spec_.path,
                        .headers = {{"authorization", "Bearer " + std::string{metadata_.token.reveal()}},
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
    if (write && (response.status == 412 || response.status == 409))
        return ArbiterAnswer{0, ArbiterVerdict::Refused, {}};
    if (!write && response.status == 404) return ArbiterAnswer{0, ArbiterVerdict::Read, {}};
    const auto epoch = number_of(response.body);
    if (!write && response.status == 200 && revision != 0 && epoch)
        return ArbiterAnswer{0, ArbiterVerdict::Read, {{*epoch}, revision}};
    if (response.status == 401 || response.status == 403) forget_token(metadata_);
    return failure(Kind::Protocol, "status " + std::to_string(response.status) + ": " + line_of(response.body, 200));
}

} // namespace linkspan::takeover
