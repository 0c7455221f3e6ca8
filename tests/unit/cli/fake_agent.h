#pragma once

#include "base/fd.h"
#include "base/handle.h"

#include <gtest/gtest.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-id128.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

namespace linkspan::cli {

/// Answers one client on a socket of its own, from a thread, until that client is gone.
class FakeAgent {
public:
    struct Answer {
        std::string error = {}; ///< a D-Bus error's name; empty = an answer
        std::string text = {};
    };
    using Answers = std::function<Answer(const std::string& method, const std::string& argument)>;

    explicit FakeAgent(Answers answers) : answers_(std::move(answers))
    {
        char name[] = "/tmp/linkspan-cli-XXXXXX";
        directory_ = ::mkdtemp(name);
        listening_ = Fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        socket().copy(address.sun_path, sizeof(address.sun_path) - 1);
        EXPECT_EQ(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
        EXPECT_EQ(::listen(listening_.get(), 1), 0);
        thread_ = std::jthread([this] { serve(); });
    }
    ~FakeAgent()
    {
        ::shutdown(listening_.get(), SHUT_RDWR); // wakes an accept that nobody came for
        thread_.join();
        std::filesystem::remove_all(directory_);
    }
    [[nodiscard]] std::string socket() const { return directory_ / "private"; }

private:
    void serve()
    {
        const int fd = ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        sd_bus* raw = nullptr;
        sd_bus_new(&raw);
        const Handle<sd_bus, sd_bus_close_unref> bus{raw};
        sd_bus_set_fd(raw, fd, fd);
        sd_bus_set_server(raw, 1, sd_id128_t{});
        sd_bus_add_filter(raw, nullptr, on_message, this);
        sd_bus_start(raw);
        for (int r = 0; r >= 0;) {
            r = sd_bus_process(raw, nullptr);
            if (r == 0) r = sd_bus_wait(raw, UINT64_MAX);
        }
    }
    static int on_message(sd_bus_message* call, void* self, sd_bus_error*)
    {
        std::uint8_t type = 0;
        sd_bus_message_get_type(call, &type);
        if (type != SD_BUS_MESSAGE_METHOD_CALL) return 0;
        const char* argument = "";
        if (sd_bus_message_is_empty(call) == 0) sd_bus_message_read(call, "s", &argument);
        const Answer answer = static_cast<FakeAgent*>(self)->answers_(sd_bus_message_get_member(call), argument);
        if (!answer.error.empty())
            sd_bus_reply_method_errorf(call, answer.error.c_str(), "%s", answer.text.c_str());
        else if (answer.text.empty())
            sd_bus_reply_method_return(call, "");
        else
            sd_bus_reply_method_return(call, "s", answer.text.c_str());
        return 1;
    }

    Answers answers_;
    std::filesystem::path directory_ = {};
    Fd listening_ = {};
    std::jthread thread_ = {};
};

} // namespace linkspan::cli
