#include "nft/reader.h"

#include "netlink/socket.h"
#include "nft/egress_observe.h"
#include "nft/generation.h"
#include "nft/nat_observe.h"
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
        TRY(open());
        netlink::Message question;
        encode_get_generation(question);
        std::optional<std::uint32_t> found;
        TRY(socket_->get(question, what, [&](const nlmsghdr& answer) { found = decode_generation(answer); }));
        if (!found) return failure(Kind::Protocol, std::string{what} + ": the answer has none");
        return *found;
    }

    Result<NatTable> nat()
    {
        TRY(open());
        return observe_nat(*socket_);
    }

    Result<EgressTable> egress()
    {
        TRY(open());
        return observe_egress(*socket_);
    }

private:
    Result<> open()
    {
        if (socket_) return {};
        auto socket = netlink::Socket::open(NETLINK_NETFILTER);
        TRY(socket);
        socket_ = std::move(*socket);
        return {};
    }

    static constexpr std::string_view what = "read the ruleset's generation";
    std::optional<netlink::Socket> socket_;
};

} // namespace

Reader<Observed> reader_of_kernel()
{
    const auto kernel = std::make_shared<Kernel>();
    return Reader<Observed>{{.generation = [kernel] { return kernel->generation(); }, .table = nft::observe}};
}

Reader<ObservedPaths> paths_reader_of_kernel()
{
    const auto kernel = std::make_shared<Kernel>();
    return Reader<ObservedPaths>{
        {.generation = [kernel] { return kernel->generation(); }, .table = nft::observe_paths}};
}

Reader<NatTable> nat_reader_of_kernel()
{
    const auto kernel = std::make_shared<Kernel>();
    return Reader<NatTable>{
        {.generation = [kernel] { return kernel->generation(); }, .table = [kernel] { return kernel->nat(); }}};
}

Reader<EgressTable> egress_reader_of_kernel()
{
    const auto kernel = std::make_shared<Kernel>();
    return Reader<EgressTable>{
        {.generation = [kernel] { return kernel->generation(); }, .table = [kernel] { return kernel->egress(); }}};
}

Reader<RulesTable> rules_reader_of_kernel()
{
    const auto kernel = std::make_shared<Kernel>();
    return Reader<RulesTable>{{.generation = [kernel] { return kernel->generation(); }, .table = observe_rules}};
}

} // namespace linkspan::nft
