#pragma once

#include "agent/counter_file.h"
#include "agent/world.h"
#include "ike/client.h"
#include "netlink/socket.h"
#include "nft/egress_apply.h"
#include "nft/reader.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace linkspan::agent {

/// The World of the running system: this network namespace's kernel, and the charon behind a VICI socket. It connects
/// to charon when it is asked to look and not connected, and forgets what it had loaded whenever the connection breaks:
/// the next charon is a new one.
class KernelWorld : public World {
public:
    /// `ike_socket`: path of charon's VICI socket; empty = there is no IKE here (a kernel-only gateway, a benchmark).
    [[nodiscard]] static Result<KernelWorld> open(std::string ike_socket);
    /// Where the sequence numbers of static keys are kept over a restart of the machine; without, they are not.
    void keep_counters(std::filesystem::path file) { counters_ = CounterFile{std::move(file)}; }

    [[nodiscard]] Observed observe(Rooms rooms) override;
    void refresh(Observed& observed, std::span<const Step> steps) override;
    [[nodiscard]] std::vector<Result<>> apply(std::span<const Step> steps) override;
    [[nodiscard]] const ike::Ledger& ledger() const override { return ledger_; }

    /// Who moves pins into sets that an egress rule's change has made, before packets are judged by it.
    void on_new_pin_sets(nft::MovePins move) { move_pins_ = std::move(move); }
    [[nodiscard]] bool connected() const { return client_ && client_->connected(); }
    void use_ike_socket(std::string path);
    /// For questions about counters.
    [[nodiscard]] netlink::Socket& netfilter() { return netfilter_; }

private:
    KernelWorld(netlink::Socket rtnl, netlink::Socket xfrm, netlink::Socket netfilter, std::string ike_socket);

    [[nodiscard]] Result<> connect();
    void look_at_states(Observed& observed);
    void look_at_charon(Observed& observed);
    [[nodiscard]] Result<> apply_state(const Op<xfrm::StateSpec>& op);
    [[nodiscard]] std::vector<Result<>> apply_ike(std::span<const Step> run);
    void apply_run(std::span<const Step> run, std::vector<Result<>>& results);

    netlink::Socket rtnl_;
    netlink::Socket xfrm_;
    netlink::Socket netfilter_; ///< one for ever: to close one holds up a pair's fence (docs/kernel-facts.md)
    nft::Reader<nft::Observed> clamp_ = nft::reader_of_kernel();
    nft::Reader<nft::NatTable> nat_ = nft::nat_reader_of_kernel();
    nft::Reader<nft::ObservedPaths> paths_ = nft::paths_reader_of_kernel();
    nft::Reader<nft::EgressTable> egress_ = nft::egress_reader_of_kernel();
    nft::MovePins move_pins_;
    nft::Reader<nft::RulesTable> rules_ = nft::rules_reader_of_kernel();
    std::string ike_socket_;
    std::optional<ike::Client> client_;
    std::chrono::steady_clock::time_point states_read_ = {}; ///< when that began last
    ike::Ledger ledger_;
    CounterFile counters_;
};

} // namespace linkspan::agent
