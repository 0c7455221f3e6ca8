#include "agent/resolver.h"

#include "base/handle.h"

#include <ares.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace linkspan::agent {
namespace {

constexpr int timeout_ms = 2000; ///< to the first repetition
constexpr int tries = 3;         ///< of each server
constexpr auto tick = std::chrono::milliseconds{500};
/// Of an answer no more is looked at.
constexpr std::size_t most_addresses = 32;

/// The library is set up once for the process.
const bool library_is_ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;

std::optional<Resolved> resolved(const ares_addrinfo_node& node)
{
    Resolved answer{.ttl = std::chrono::seconds{std::max(node.ai_ttl, 0)}};
    if (node.ai_family == AF_INET && node.ai_addrlen >= sizeof(sockaddr_in)) {
        sockaddr_in in{};
        std::memcpy(&in, node.ai_addr, sizeof in);
        answer.address = IpAddress::any(Family::V4);
        std::memcpy(answer.address.bytes.data(), &in.sin_addr, sizeof in.sin_addr);
        return answer;
    }
    if (node.ai_family == AF_INET6 && node.ai_addrlen >= sizeof(sockaddr_in6)) {
        sockaddr_in6 in{};
        std::memcpy(&in, node.ai_addr, sizeof in);
        answer.address = IpAddress::any(Family::V6);
        std::memcpy(answer.address.bytes.data(), &in.sin6_addr, sizeof in.sin6_addr);
        return answer;
    }
    return {};
}

std::vector<Resolved> resolved_all(const ares_addrinfo* found)
{
    std::vector<Resolved> answers;
    for (const auto* node = found ? found->nodes : nullptr; node && answers.size() < most_addresses;
         node = node->ai_next)
        if (const auto answer = resolved(*node)) answers.push_back(*answer);
    return answers;
}

} // namespace

/// A channel of its own for each question, so a new /etc/resolv.conf counts from the next one on. The library calls back
/// while it is called; what follows is done when it has returned, so nobody destroys a channel in its own hands.
struct Resolver::Asking {
    Resolver& resolver;
    PeerName name = {};
    ares_channel channel = nullptr;
    std::map<ares_socket_t, service::Loop::Source> sockets = {};
    service::Loop::Source ticks = {};
    bool is_done = false;
    int status = ARES_SUCCESS;
    std::vector<Resolved> answers = {};

    Asking(Resolver& owner, PeerName asked) : resolver(owner), name(std::move(asked)) {}
    ~Asking()
    {
        is_done = true;
        if (channel) ares_destroy(channel);
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

    void process(ares_socket_t readable)
    {
        ares_process_fd(channel, readable, ARES_SOCKET_BAD);
        if (is_done) resolver.finish(name); // destroys this
    }
    static void on_socket(void* data, ares_socket_t socket, int readable, int) noexcept
    {
        auto& self = *static_cast<Asking*>(data);
        self.sockets.erase(socket);
        if (!readable || self.is_done) return;
        if (auto source = self.resolver.loop_.on_readable(socket, [&self, socket] { self.process(socket); }))
            self.sockets[socket] = std::move(*source);
    }
    static void on_answer(void* data, int status, int, ares_addrinfo* found) noexcept
    {
        auto& self = *static_cast<Asking*>(data);
        if (!self.is_done) {
            self.is_done = true;
            self.status = status;
            self.answers = resolved_all(found);
        }
        if (found) ares_freeaddrinfo(found);
    }
    void begin()
    {
        ares_options options{};
        options.flags = ARES_FLAG_IGNTC; // no TCP: what a datagram holds is enough
        options.timeout = timeout_ms;
        options.tries = tries;
        options.sock_state_cb = on_socket;
        options.sock_state_cb_data = this;
        constexpr int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
        if (status = ares_init_options(&channel, &options, given); status != ARES_SUCCESS) {
            channel = nullptr;
            is_done = true;
            return;
        }
        ares_addrinfo_hints hints{};
        hints.ai_flags = ARES_AI_NOSORT;
        hints.ai_family = name.family == Family::V4 ? AF_INET : AF_INET6;
        ares_getaddrinfo(channel, name.name.c_str(), nullptr, &hints, on_answer, this);
    }
};

Resolver::Resolver(service::Loop& loop, std::function<void()> changed) : loop_(loop), changed_(std::move(changed)) {}
Resolver::~Resolver() = default;

void Resolver::follow(const std::set<PeerName>& names)
{
    std::erase_if(names_, [&](const auto& entry) { return !names.contains(entry.first); });
    for (const auto& name : names)
        if (names_.try_emplace(name).second) ask(name);
}

KnownPeers Resolver::known() const
{
    KnownPeers known;
    for (const auto& [name, entry] : names_) known.emplace(name, entry.known);
    return known;
}

void Resolver::ask(const PeerName& name)
{
    auto& entry = names_.at(name);
    entry.asking = std::make_shared<Asking>(*this, name);
    auto& asking = *entry.asking;
    asking.begin();
    const bool at_once = asking.is_done; // /etc/hosts, or nothing to ask with
    const auto go_on = [&asking] { asking.process(ARES_SOCKET_BAD); };
    if (auto ticks = at_once ? loop_.after({}, [this, name] { finish(name); }) : loop_.every(tick, go_on))
        asking.ticks = std::move(*ticks);
}

void Resolver::finish(const PeerName& name)
{
    auto& entry = names_.at(name);
    const auto asking = std::exchange(entry.asking, nullptr);
    const auto known = asking->status == ARES_SUCCESS ? after_answer(entry.known, asking->answers)
                                                      : after_failure(entry.known, ares_strerror(asking->status));
    const auto wait = wait_after(known, asking->answers);
    const bool news = entry.known.address != known.address || entry.known.error != known.error;
    entry.known = known;
    if (auto due = loop_.after(wait, [this, name = PeerName{name}] { ask(name); })) entry.due = std::move(*due);
    if (news) changed_();
}

} // namespace linkspan::agent
