#include "bus/bus.h"

#include "bus/socket.h"

#include <systemd/sd-bus.h>
#include <systemd/sd-id128.h>

#include <algorithm>

namespace linkspan::bus {
namespace {

constexpr std::size_t max_clients = 32;
/// Of the private socket, whose clients may do everything anyway. With sd-bus 252 a message that waits in a connection's own queue
/// is behind every other source of the same priority: it is set down anew in each round of the loop.
constexpr auto private_priority = service::Loop::Priority::High;
/// A client that lets this many messages pile up does not read: it is let go before it costs memory without end.
/// More than one for every connection of the largest gateway.
constexpr std::uint64_t max_queued_messages = 50'000;

constexpr const char* local_service = "org.freedesktop.DBus.Local";
constexpr const char* local_path = "/org/freedesktop/DBus/Local";

int on_client_connected(sd_bus_message* message, void* userdata, sd_bus_error*) noexcept
{
    static_cast<Bus*>(userdata)->client_ready(sd_bus_message_get_bus(message));
    return 0;
}

int on_client_disconnected(sd_bus_message* message, void* userdata, sd_bus_error*) noexcept
{
    static_cast<Bus*>(userdata)->client_gone(sd_bus_message_get_bus(message));
    return 0;
}

int on_system_bus_disconnected(sd_bus_message*, void* userdata, sd_bus_error*) noexcept
{
    static_cast<Bus*>(userdata)->system_bus_gone({Kind::Disconnected, 0, "the system bus closed the connection"});
    return 0;
}

int on_name_answer(sd_bus_message* message, void* userdata, sd_bus_error*) noexcept
{
    if (const sd_bus_error* refusal = sd_bus_message_get_error(message); refusal != nullptr) {
        const std::string why = refusal->message != nullptr ? refusal->message : refusal->name;
        static_cast<Bus*>(userdata)->system_bus_gone(
            {Kind::Permission, 0, "the system bus refuses the name " + std::string(bus_name) + ": " + why});
    }
    return 0;
}

/// Calls back when the connection begins or ends. sd-bus makes these messages itself: nothing is subscribed to.
int watch(sd_bus* bus, const char* member, sd_bus_message_handler_t callback, Bus* self)
{
    return sd_bus_match_signal_async(bus, nullptr, local_service, local_path, local_service, member, callback, nullptr,
                                     self);
}

/// Makes `bus` the serving end of a socket whose peer has been checked. sd-bus owns the descriptor from here on.
int set_server(sd_bus* bus, Fd& peer)
{
    sd_id128_t id{};
    int r = sd_id128_randomize(&id);
    if (r >= 0) r = sd_bus_set_fd(bus, peer.get(), peer.get());
    if (r >= 0) (void)peer.release();
    if (r >= 0) r = sd_bus_set_server(bus, 1, id);
    if (r >= 0) r = sd_bus_set_sender(bus, bus_name);
    if (r >= 0) r = sd_bus_set_trusted(bus, 1);
    if (r >= 0) r = sd_bus_set_connected_signal(bus, 1);
    return r;
}

} // namespace

Bus::Bus(Control& control, service::Loop& loop) : context_(control), loop_(loop) {}

Bus::~Bus()
{
    if (listening_) ::unlink(path_.c_str());
}

Result<> Bus::serve(const std::string& path)
{
    auto listening = listen_private(path);
    TRY(listening);
    auto accepting = loop_.on_readable(listening->get(), [this] { accept_client(); }, private_priority);
    TRY(accepting);
    path_ = path;
    listening_ = std::move(*listening);
    accepting_ = std::move(*accepting);
    return {};
}

void Bus::accept_client()
{
    auto peer = accept_peer(listening_.get());
    if (!peer || !make_room()) return;
    if (auto client = start_client(std::move(*peer))) clients_.push_back({.bus = std::move(*client)});
}

/// Where all places are taken, the one who has waited longest without a greeting goes: it is dead or up to no good.
bool Bus::make_room()
{
    if (clients_.size() < max_clients) return true;
    const auto silent = std::ranges::find(clients_, false, &Client::greeted);
    if (silent == clients_.end()) return false;
    clients_.erase(silent);
    return true;
}

Result<Bus::Connection> Bus::start_client(Fd peer)
{
    sd_bus* raw = nullptr;
    if (int r = sd_bus_new(&raw); r < 0) return sys_error(-r, "cannot make a bus connection");
    Connection bus{raw};
    int r = set_server(raw, peer);
    if (r >= 0) r = watch(raw, "Connected", on_client_connected, this);
    if (r >= 0) r = watch(raw, "Disconnected", on_client_disconnected, this);
    if (r < 0) return sys_error(-r, "cannot serve a client");
    TRY(export_objects(raw, context_));
    if (r = sd_bus_start(raw); r < 0) return sys_error(-r, "cannot serve a client");
    TRY(loop_.attach(raw, private_priority));
    return bus;
}

Result<> Bus::join_system_bus(std::function<void(const Error&)> lost)
{
    sd_bus* raw = nullptr;
    if (int r = sd_bus_open_system(&raw); r < 0) return sys_error(-r, "there is no system bus to join");
    Connection bus{raw};
    TRY(export_objects(raw, context_));
    int r = watch(raw, "Disconnected", on_system_bus_disconnected, this);
    if (r >= 0) r = sd_bus_request_name_async(raw, nullptr, bus_name, 0, on_name_answer, this);
    if (r < 0) return sys_error(-r, "cannot join the system bus");
    TRY(loop_.attach(raw));
    system_ = std::move(bus);
    lost_ = std::move(lost);
    return {};
}

void Bus::publish(const GatewayReport& report)
{
    View now = view_of(report);
    const Changes changes = diff(context_.view, now);
    if (changes.empty()) return;
    context_.view = std::move(now);
    if (system_) emit(system_.get(), changes);
    for (const Client& client : clients_) emit(client.bus.get(), changes);
    std::erase_if(clients_, [](const Client& client) {
        std::uint64_t queued = 0;
        return sd_bus_get_n_queued_write(client.bus.get(), &queued) >= 0 && queued > max_queued_messages;
    });
}

/// sd-bus 252 reads what follows the client's BEGIN together with it and then waits for more to become readable, so a
/// client that sends its first call at once (libdbus does) would wait for ever: that call is read here.
void Bus::client_ready(sd_bus* client)
{
    const auto found = std::ranges::find(clients_, client, [](const Client& ours) { return ours.bus.get(); });
    if (found == clients_.end()) return;
    found->greeted = true;
    const auto process = [client] {
        const Handle<sd_bus, sd_bus_unref> alive{sd_bus_ref(client)};
        while (sd_bus_process(client, nullptr) > 0) {}
    };
    auto read = loop_.after({}, process, private_priority);
    if (read) found->first_read = std::move(*read);
}

void Bus::client_gone(sd_bus* client)
{
    std::erase_if(clients_, [client](const Client& ours) { return ours.bus.get() == client; });
}

void Bus::system_bus_gone(const Error& why)
{
    if (!system_) return;
    system_.reset();
    if (const auto lost = std::exchange(lost_, {})) lost(why);
}

} // namespace linkspan::bus
