#include "fake_charon.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace linkspan::ike::test {
namespace {

bool readable(int fd, int stop)
{
    std::array<pollfd, 2> fds{{{fd, POLLIN, 0}, {stop, POLLIN, 0}}};
    return ::poll(fds.data(), fds.size(), -1) > 0 && fds[1].revents == 0;
}

void send_all(int fd, std::span<const char> bytes)
{
    while (!bytes.empty()) {
        const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

} // namespace

FakeCharon::FakeCharon(Script answer) : answer_(std::move(answer))
{
    std::string pattern = std::filesystem::temp_directory_path() / "linkspan-ike-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
        ::listen(listener_, 4) < 0 || ::pipe(stop_) < 0)
        std::abort();
    thread_ = std::thread([this] { serve(); });
}

FakeCharon::~FakeCharon()
{
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
    std::filesystem::remove_all(directory_);
}

void FakeCharon::serve()
{
    while (readable(listener_, stop_[0])) {
        const int fd = ::accept(listener_, nullptr, nullptr);
        talk(fd);
        ::close(fd);
    }
}

void FakeCharon::talk(int fd)
{
    PacketReader reader;
    std::array<char, 4096> chunk;
    while (readable(fd, stop_[0])) {
        const auto got = ::recv(fd, chunk.data(), chunk.size(), 0);
        if (got <= 0) return;
        reader.feed(std::span{chunk}.first(static_cast<std::size_t>(got)));
        for (auto packet = reader.next(); packet && *packet; packet = reader.next()) {
            const Answer answer = answer_(**packet);
            for (const Packet& p : answer.packets) {
                auto encoded = encode_packet(p.type, p.name, p.message);
                send_all(fd, encoded->bytes());
            }
            send_all(fd, answer.bytes);
            if (answer.close) return;
        }
    }
}

std::optional<FakeCharon::Answer> FakeCharon::polite(const Packet& packet)
{
    if (packet.type == PacketType::EventRegister) return Answer{.packets = {{PacketType::EventConfirm, {}, {}}}};
    if (packet.name != "version") return std::nullopt;
    const auto version = Message{}.set("daemon", std::string{"charon"}).set("version", std::string{"5.9.8"});
    return Answer{.packets = {{PacketType::Response, {}, version}}};
}

bool becomes_readable(int fd)
{
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, 10'000) == 1;
}

} // namespace linkspan::ike::test
