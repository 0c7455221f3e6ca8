#include "nft/reader.h"

#include "netlink/socket.h"
#include "nft/generation.h"
#include "nft/observe.h"

#include <linux/netlink.h>
#include <memory>

namespace linkspan::nft {
namespace {

/// The socket is opened at the first look, and again at the next one where that failed.
class Kernel {
public:
    Result<std::uint32_t> generation()
    {
        if (!socket_) {
            auto socket = netlink::Socket::open(NETLINK_NETFILTER);
            TRY(socket);
            socket_ = std::move(*socket);
        }
        netlink::Message question;
        encode_get_generation(question);
        std::optional<std::uint32_t> found;
        TRY(socket_->get(question, what, [&](const nlmsghdr& answer) { found = decode_generation(answer); }));
        if (!found) return failure(Kind::Protocol, std::string{what} + ": the answer has none");
        return *found;
    }

private:
    static constexpr std::string_view what = "read the ruleset's generation";
    std::optional<netlink::Socket> socket_;
};

} // namespace

Reader Reader::of_kernel()
{
    const auto kernel = std::make_shared<Kernel>();
    return Reader{{.generation = [kernel] { return kernel->generation(); }, .table = nft::observe}};
}

Result<Observed> Reader::observe()
{
    const auto generation = source_.generation(); // first: what changes from here on has a later one
    if (generation && seen_ && seen_->generation == *generation) return seen_->table;
    seen_.reset();
    auto table = source_.table();
    if (table && generation) seen_ = Seen{*generation, *table};
    return table;
}

} // namespace linkspan::nft
