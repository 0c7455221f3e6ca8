#pragma once

#include "agent/world.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace linkspan::fake {

/// A World in memory: effects change what the next look shows. It forgets routes and addresses with their link, as the
/// kernel does, and can be told to refuse, or to accept and do nothing.
class World : public agent::World {
public:
    World()
    {
        kernel.links.emplace();
        kernel.routes.emplace();
        kernel.policies.emplace();
        charon.version = "charon 5.9.8";
    }

    [[nodiscard]] agent::Observed observe(agent::Rooms rooms) override
    {
        looks.push_back(rooms);
        agent::Observed seen{.at = 1'000'000};
        if (has(rooms, agent::Room::Links)) seen.links = kernel.links;
        if (has(rooms, agent::Room::Routes)) seen.routes = kernel.routes;
        if (has(rooms, agent::Room::Policies)) seen.policies = kernel.policies;
        if (has(rooms, agent::Room::Ike)) look_at_charon(seen);
        for (auto room : blind) hide(room, seen);
        return seen;
    }

    void refresh(agent::Observed& seen, std::span<const agent::Step>) override
    {
        if (seen.links) seen.links = kernel.links;
        if (seen.routes) seen.routes = kernel.routes;
        if (seen.policies) seen.policies = kernel.policies;
        if (seen.ike) seen.ike = charon;
        if (seen.states) seen.states = states;
    }

    [[nodiscard]] std::vector<Result<>> apply(std::span<const agent::Step> steps) override
    {
        std::vector<Result<>> results;
        for (const auto& step : steps) results.push_back(apply(step));
        return results;
    }

    [[nodiscard]] const ike::Ledger& ledger() const override { return ledger_; }

    void restart_charon()
    {
        charon = {.version = charon.version};
        ledger_.clear();
    }

    void remove_link(const LinkName& name)
    {
        kernel.links->erase(name);
        forget_routes_of(name);
    }

    /// All that the kernel holds, to compare before and after.
    agent::Observed kernel = {};
    ike::Observed charon = {};
    std::vector<xfrm::ObservedState> states = {}; ///< sorted by key
    bool charon_runs = true;
    std::set<agent::Room> blind = {};
    std::map<std::string, Error> refuse = {};                ///< object -> what the kernel says
    std::set<std::string> forgetful = {};                    ///< objects that are accepted and never appear
    std::vector<agent::Rooms> looks = {};                    ///< what was looked at
    std::vector<std::string> applied = {};                   ///< every effect, described
    std::function<void(const agent::Step&)> after_step = {}; ///< looks at `kernel` between two effects

private:
    Result<> apply(const agent::Step& step)
    {
        if (const auto it = refuse.find(step.object); it != refuse.end()) return std::unexpected(it->second);
        applied.push_back(describe(step));
        if (!forgetful.contains(step.object)) std::visit([&](const auto& change) { effect(change); }, step.change);
        if (after_step) after_step(step);
        return {};
    }

    void effect(const Op<vti::Spec>& op)
    {
        if (op.verb == Verb::Delete || op.verb == Verb::Replace) remove_link(op.spec.name);
        if (op.verb == Verb::Delete) return;
        (*kernel.links)[op.spec.name] = {
            .index = {++last_index_}, .mtu = op.spec.mtu, .up = true, .kind = "xfrm", .ours = true, .tunnel = op.spec};
    }

    void effect(const Op<route::AddressSpec>& op)
    {
        const auto same = [&](const route::AddressSpec& a) {
            return a.link == op.spec.link && a.address == op.spec.address;
        };
        std::erase_if(kernel.routes->own_addresses, same);
        if (op.verb != Verb::Delete) kernel.routes->own_addresses.push_back({op.spec.link, op.spec.address, {}});
    }

    void effect(const Op<route::RouteSpec>& op)
    {
        auto spec = op.spec;
        spec.connection = {};
        if (op.verb == Verb::Delete)
            kernel.routes->own_routes.erase(key_of(spec));
        else
            kernel.routes->own_routes[key_of(spec)] = spec;
    }

    void effect(const Op<xfrm::PolicySpec>& op)
    {
        auto& policies = *kernel.policies;
        std::erase_if(policies, [&](const auto& p) { return p.key == op.spec.key; });
        if (op.verb == Verb::Delete) return;
        const bool block = op.spec.key.role == xfrm::Role::Block;
        policies.push_back({.key = op.spec.key,
                            .protect = op.spec.protect,
                            .priority = xfrm::priority_of(op.spec.key),
                            .action = block ? xfrm::Action::Block : xfrm::Action::Allow,
                            .ours = true});
        std::ranges::sort(policies, {}, &xfrm::ObservedPolicy::key);
    }

    void effect(const Op<nft::Spec>&) {}
    void effect(const Op<nft::NatTable>&) {}
    void effect(const Op<nft::Paths>&) {}
    void effect(const Op<route::RuleSpec>& op)
    {
        std::erase(kernel.routes->own_rules, op.spec);
        if (op.verb != Verb::Delete) kernel.routes->own_rules.push_back(op.spec);
    }
    void effect(const Op<nft::EgressTable>&) {}
    void effect(const Op<nft::RulesTable>&) {}
    void effect(const agent::DropState&) {}
    void effect(const agent::RankState& order)
    {
        for (auto& state : states)
            if (state.key == order.state.key) state.rank = order.rank;
    }

    void effect(const Op<xfrm::StateSpec>& op)
    {
        std::erase_if(states, [&](const auto& state) { return state.key == op.spec.key; });
        if (op.verb == Verb::Delete) return;
        const auto& spec = op.spec;
        states.push_back({.key = spec.key,
                          .source = spec.source,
                          .reqid = spec.reqid,
                          .if_id = spec.if_id,
                          .mark = spec.mark,
                          .is_static = true,
                          .esn = spec.esn,
                          .encapsulated = spec.encapsulated,
                          .replay_window = spec.replay_window,
                          .sent = spec.outbound ? spec.sequence : 0,
                          .received = spec.outbound ? 0 : spec.sequence,
                          .digest = xfrm::digest_of(*spec.suite, spec.keys->reveal())});
        std::ranges::sort(states, {}, &xfrm::ObservedState::key);
    }

    void effect(const agent::TellCharon& tell)
    {
        const auto& op = *tell.op;
        if (const auto* load = std::get_if<ike::Load>(&op)) {
            const bool x509 = bool(load->spec.x509);
            ledger_[load->spec.name] = {load->spec, load->stale, load->stale_children, x509 ? "private key" : ""};
            charon.loaded.insert(load->spec.name.value);
            if (x509)
                charon.private_keys.insert("private key");
            else
                charon.keys.insert(load->spec.name.value);
        }
        if (std::holds_alternative<ike::Forget>(op)) {
            charon.private_keys.clear();
            charon.keys.clear();
        }
        if (const auto* key = std::get_if<ike::UnloadKey>(&op)) charon.private_keys.erase(key->id);
        if (const auto* unload = std::get_if<ike::Unload>(&op)) {
            ledger_.erase(unload->name);
            charon.loaded.erase(unload->name.value);
            charon.keys.erase(unload->name.value);
        }
        if (const auto* terminate = std::get_if<ike::Terminate>(&op))
            std::erase_if(charon.sas, [&](const ike::IkeSa& sa) { return sa.unique_id == terminate->ike_id; });
    }

    void look_at_charon(agent::Observed& seen)
    {
        seen.states = states;
        if (charon_runs)
            seen.ike = charon;
        else
            seen.blind.push_back({agent::Room::Ike, {Kind::Disconnected, 0, "charon does not answer"}});
    }

    static void hide(agent::Room room, agent::Observed& seen)
    {
        if (room == agent::Room::Links) seen.links.reset();
        if (room == agent::Room::Routes) seen.routes.reset();
        if (room == agent::Room::Policies) seen.policies.reset();
        seen.blind.push_back({room, {Kind::Overrun, 0, "the dump was interrupted"}});
    }

    void forget_routes_of(const LinkName& name)
    {
        std::erase_if(kernel.routes->own_routes, [&](const auto& item) { return item.second.link == name; });
        std::erase_if(kernel.routes->own_addresses, [&](const auto& a) { return a.link == name; });
    }

    ike::Ledger ledger_;
    std::uint32_t last_index_ = 100;
};

} // namespace linkspan::fake
