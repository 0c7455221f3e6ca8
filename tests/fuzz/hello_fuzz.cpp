#include "egress/client_hello.h"
#include "egress/http_host.h"

#include <cstdint>
#include <cstdlib>
#include <span>

/// What any client may send first. Beyond not crashing: a name is a name, and what a beginning of the stream was understood
/// as, the whole of it is too, so that waiting for more bytes never changes what was let pass.

namespace {

using namespace linkspan;
using namespace linkspan::egress;

void require(bool condition)
{
    if (!condition) std::abort();
}

void require_sound(const DnsName& name)
{
    require(name.empty() || DnsName::parse(name.text()) == name);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::span stream{data, size};
    const auto hello = decode_client_hello(stream);
    const auto host = decode_http_host(stream);
    if (hello && *hello) require_sound((*hello)->server_name);
    if (host && *host) require_sound(**host);
    const auto half = stream.first(size / 2);
    if (const auto early = decode_client_hello(half); early && *early) require(hello && *hello == *early);
    if (const auto early = decode_http_host(half); early && *early) require(host && *host == *early);
    return 0;
}
