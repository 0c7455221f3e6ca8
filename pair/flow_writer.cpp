#include "pair/flow_writer.h"

#include "nft/flow.h"

#include <linux/netlink.h>
#include <netinet/in.h>

#include <algorithm>
#include <map>
#include <utility>

namespace linkspan::pair {
namespace {

std::string name_of(const Flow& flow)
{
    return "the session " + flow.source.address.text() + " port " + std::to_string(flow.source.port) + " to " +
           flow.destination.address.text() + " port " + std::to_string(flow.destination.port);
}

} // namespace

std::vector<FlowNews> last_words(std::span<const FlowNews> news)
{
    std::map<FlowKey, std::size_t> places;
    std::vector<FlowNews> last;
    for (const auto& one : news) {
        const auto [place, fresh] = places.try_emplace(key_of(one.flow), last.size());
        if (fresh) {
            last.push_back(one);
            continue;
        }
        auto& kept = last[place->second];
        const auto before = std::exchange(kept, one).flow;
        if (!kept.gone) keep_tcp(kept.flow, before);
    }
    return last;
}

Result<> FlowWriter::ask(void (*encode)(const Flow&, netlink::Message&), const Flow& flow)
{
    netlink::Message message;
    encode(flow, message);
    return socket_.request(message, name_of(flow));
}

Result<> FlowWriter::read(const std::function<void(const Flow&)>& visit)
{
    netlink::Message question;
    nft::encode_get_flows(question);
    auto done = socket_.dump(question, "read sessions", [&](const nlmsghdr& message) {
        if (const auto news = nft::decode_flow(message); news && nft::has_state(news->flow, marks_)) visit(news->flow);
    });
    if (!done && done.error().kind == Kind::Overrun)
        return {}; // sessions come and go; the next look has what this one missed
    return done;
}

Result<std::size_t> FlowWriter::loosen()
{
    std::vector<Flow> strict;
    TRY(read([&](const Flow& flow) {
        if (nft::is_strict(flow)) strict.push_back(flow);
    }));
    const netlink::Requests requests{strict.size(),
                                     [&](std::size_t i, netlink::Message& m) { nft::encode_loose(strict[i], m); },
                                     [&](std::size_t i) { return name_of(strict[i]); }};
    for (auto& done : socket_.request_all(requests))
        if (!done && done.error().kind != Kind::NotFound) return std::unexpected(std::move(done).error());
    return strict.size();
}

/// Those that are new and too many are left out.
std::vector<FlowNews> FlowWriter::with_room(std::vector<FlowNews> news)
{
    std::size_t room = most_flows - std::min(most_flows, told_.size());
    std::erase_if(news, [&](const FlowNews& one) {
        if (one.gone || told_.find(key_of(one.flow))) return false;
        if (room > 0) return --room, false;
        ++counts_.left_out;
        return true;
    });
    return news;
}

/// There is one here of the same name, which is translated otherwise: a kernel never translates one anew.
bool FlowWriter::is_other(const Flow& flow)
{
    bool other = false;
    netlink::Message question;
    nft::encode_get_flow(flow, question);
    (void)socket_.get(question, name_of(flow), [&](const nlmsghdr& message) {
        if (const auto have = nft::decode_flow(message))
            other = have->flow.answers_from != flow.answers_from || have->flow.answers_to != flow.answers_to;
    });
    return other;
}

/// Where another one waits for the same answers, that is one of before: who is told does not carry.
Result<> FlowWriter::create(const Flow& flow)
{
    auto done = ask(nft::encode_create, flow);
    if (done || done.error().kind != Kind::Exists) return done;
    (void)ask(nft::encode_end_of_answers, flow);
    return ask(nft::encode_create, flow);
}

/// What an update did not come to.
Result<> FlowWriter::mend(const FlowNews& news, const Error& error)
{
    if (news.gone) return error.kind == Kind::NotFound ? Result<>{} : std::unexpected(error);
    if (error.kind == Kind::Busy)
        return ask([](const Flow& flow, netlink::Message& m) { nft::encode_update(flow, false, m); }, news.flow);
    if (error.kind != Kind::NotFound) return std::unexpected(error);
    const auto* told = told_.find(key_of(news.flow));
    if (told && (told->protocol != IPPROTO_TCP || told->tcp_state != 0)) return create(*told);
    return {}; // its beginning was lost; it comes again with all others
}

void FlowWriter::write(std::span<const FlowNews> all, Monotonic now)
{
    const auto news = with_room(last_words(all));
    for (const auto& one : news) {
        const auto* known = told_.find(key_of(one.flow));
        const bool same =
            known && known->answers_from == one.flow.answers_from && known->answers_to == one.flow.answers_to;
        if (!one.gone && !same && is_other(one.flow)) (void)ask(nft::encode_end, one.flow);
        told_.take(one, now);
    }
    const netlink::Requests requests{news.size(),
                                     [&](std::size_t i, netlink::Message& m) {
                                         if (news[i].gone)
                                             nft::encode_end(news[i].flow, m);
                                         else
                                             nft::encode_update(news[i].flow, true, m);
                                     },
                                     [&](std::size_t i) { return name_of(news[i].flow); }};
    const auto outcomes = socket_.request_all(requests);
    counts_.problem.clear();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i]) continue;
        const auto done = mend(news[i], outcomes[i].error());
        if (done) continue;
        ++counts_.refused;
        counts_.problem = done.error().what;
    }
}

void FlowWriter::end_silent(Monotonic now)
{
    for (const auto& flow : told_.take_silent(now)) (void)ask(nft::encode_end, flow);
}

} // namespace linkspan::pair
