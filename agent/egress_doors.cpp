#include "agent/egress_doors.h"

#include "agent/queue_stat.h"
#include "nft/egress_observe.h"
#include "nft/egress_pins.h"
#include "nft/egress_spec.h"

#include <algorithm>
#include <linux/netlink.h>
#include <memory>
#include <optional>
#include <utility>

namespace linkspan::agent {
namespace {

std::vector<nft::PinElement> elements_of(std::span<const egress::KernelPin> pins)
{
    std::vector<nft::PinElement> elements;
    elements.reserve(pins.size());
    for (const auto& pin : pins)
        elements.push_back(
            {nft::pin_set(pin.service_class, pin.client.family), pin.client, pin.address, pin.timeout, pin.fresh});
    return elements;
}

/// Opened at the first use, and anew where that failed.
class Door {
public:
    Result<netlink::Socket*> socket()
    {
        if (socket_) return &*socket_;
        auto fresh = netlink::Socket::open(NETLINK_NETFILTER);
        TRY(fresh);
        socket_ = std::move(*fresh);
        return &*socket_;
    }

private:
    std::optional<netlink::Socket> socket_;
};

} // namespace

egress::TapSettings settings_of_table(std::filesystem::path journal)
{
    return {.answer_queue = nft::egress_answer_queue,
            .name_queue = nft::egress_name_queue,
            .question_group = nft::egress_question_group,
            .refusal_group = nft::egress_refusal_group,
            .discovery_group = nft::egress_discovery_group,
            .mark_mask = nft::egress_mark_mask,
            .mark_allowed = nft::egress_mark_allowed,
            .mark_open = nft::egress_mark_open,
            .mark_revoked = nft::egress_mark_revoked,
            .journal = std::move(journal)};
}

egress::Tap::Doors doors_of_kernel()
{
    const auto door = std::make_shared<Door>();
    return {.write = [door](std::span<const egress::KernelPin> pins) -> Result<> {
                const auto socket = door->socket();
                TRY(socket);
                return nft::write_pins(**socket, elements_of(pins));
            },
            .remove =
                [door](std::span<const egress::KernelPin> pins) {
                    if (const auto socket = door->socket()) nft::delete_pins(**socket, elements_of(pins));
                },
            .passed = [door]() -> Result<std::uint64_t> {
                const auto socket = door->socket();
                TRY(socket);
                return nft::count_answers(**socket);
            },
            .dropped =
                [] {
                    const auto queues = read_queues();
                    const auto names = std::ranges::find(queues, nft::egress_name_queue, &QueueStat::number);
                    return names == queues.end() ? 0 : names->dropped;
                }};
}

} // namespace linkspan::agent
