#pragma once

#include "bus/bus.h"

#include <gtest/gtest.h>
#include <systemd/sd-bus.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

namespace linkspan::bus {

/// An agent of a few values. What it is asked is written down; a report that changes is published.
struct FakeControl : Control {
    GatewayReport report = {};
    std::vector<std::string> asked = {};
    std::function<void()> changed = [] {};

    GatewayReport status() override { return report; }
    Result<PlanReport> plan(const std::string& file) override
    {
        asked.push_back("plan " + file);
        if (file.empty()) return PlanReport{.steps = {{"create", {"azure-hub"}, "link ls-azure-hub", ""}}};
        return failure(Kind::Config, file + ":1:1: error: bad byte \xff");
    }
    Result<ApplyReport> apply() override
    {
        asked.push_back("apply");
        return ApplyReport{};
    }
    Result<> reload() override
    {
        asked.push_back("reload");
        return failure(Kind::Kernel, "the kernel is having a day off");
    }
    Result<> up(const ConnectionName& name) override { return become(name, State::Connecting); }
    Result<> restart(const ConnectionName& name) override
    {
        asked.push_back("restart " + name.value);
        return {};
    }
    Result<> down(const ConnectionName& name) override { return become(name, State::Down); }
    Result<EgressLearned> egress_learned(const std::string& filter) override
    {
        return EgressLearned{{{"10.1.0.10", "192.0.2.7", {filter}, 60}}, false};
    }
    Result<EgressWhy> egress_why(const EgressQuestion& question) override { return EgressWhy{.question = question}; }
    Result<EgressDiscovered> egress_discovered() override { return EgressDiscovered{}; }
    Result<pair::Report> pair() override { return pair::Report{.role = ha::Role::Standby}; }
    Result<> order_pair(const std::string& order) override
    {
        asked.push_back(order);
        return failure(Kind::Busy, "refused: no gateway is ready to take over");
    }

private:
    Result<> become(const ConnectionName& name, State state)
    {
        asked.push_back(std::string(name_of(state)) + ' ' + name.value);
        for (ConnectionReport& connection : report.connections)
            if (connection.name == name) connection.state = state;
        changed();
        return {};
    }
};

inline ConnectionReport connection(const std::string& name)
{
    return {.name = {name}, .id = id_of_name(name), .state = State::Up, .peer = "198.51.100.7"};
}

/// A bus on a real socket in a directory of its own, and clients of it that block, on a thread of their own as other
/// processes would.
class BusTest : public ::testing::Test {
protected:
    BusTest()
    {
        char name[] = "/tmp/linkspan-bus-XXXXXX";
        directory = ::mkdtemp(name);
        socket = directory / "run" / "private";
        control.report.name = "edge-1";
        control.report.connections = {connection("aws"), connection("azure-hub")};
        control.changed = [this] { bus.publish(control.report); };
        bus.publish(control.report);
    }
    ~BusTest() override { std::filesystem::remove_all(directory); }

    /// Runs the loop until `client` returns. Once a test: a loop that has ended does not begin again.
    void serve_while(const std::function<void()>& client)
    {
        ASSERT_TRUE(bus.serve(socket));
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const Fd read{ends[0]};
        Fd write{ends[1]};
        auto done = loop.on_readable(read.get(), [this] { loop.stop(0); });
        ASSERT_TRUE(done);
        std::jthread thread([&] {
            client();
            ASSERT_EQ(::write(write.get(), "x", 1), 1);
        });
        ASSERT_TRUE(loop.run());
    }

    std::filesystem::path directory = {};
    std::string socket = {};
    FakeControl control = {};
    service::Loop loop = std::move(*service::Loop::open());
    Bus bus{control, loop};
};

/// A client's connection to a private socket.
class TestClient {
public:
    explicit TestClient(const std::string& socket)
    {
        sd_bus* raw = nullptr;
        sd_bus_new(&raw);
        bus.reset(raw);
        sd_bus_set_address(raw, ("unix:path=" + socket).c_str());
        sd_bus_start(raw);
        sd_bus_add_filter(raw, nullptr, on_message, this);
    }

    struct Answer {
        std::string error = {}; ///< the error's name
        std::string text = {};  ///< its message, or the string that came back
        bool operator==(const Answer&) const = default;
    };

    /// Calls a method with at most one string.
    Answer call(const std::string& path, const std::string& interface, const std::string& method,
                const char* argument = nullptr)
    {
        sd_bus_message* call = nullptr;
        sd_bus_message_new_method_call(bus.get(), &call, bus_name, path.c_str(), interface.c_str(), method.c_str());
        if (argument != nullptr) sd_bus_message_append(call, "s", argument);
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message* reply = nullptr;
        Answer answer;
        const char* text = "";
        if (sd_bus_call(bus.get(), call, 0, &error, &reply) < 0)
            answer = {error.name, error.message};
        else if (sd_bus_message_is_empty(reply) == 0 && sd_bus_message_read(reply, "s", &text) >= 0)
            answer.text = text;
        sd_bus_error_free(&error);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return answer;
    }
    Answer call_gateway(const std::string& method, const char* argument = nullptr)
    {
        return call(gateway_path, gateway_interface, method, argument);
    }
    Answer introspect(const std::string& path)
    {
        return call(path, "org.freedesktop.DBus.Introspectable", "Introspect");
    }
    std::string string_property(const std::string& path, const std::string& interface, const std::string& name)
    {
        char* text = nullptr;
        if (sd_bus_get_property_string(bus.get(), bus_name, path.c_str(), interface.c_str(), name.c_str(), nullptr,
                                       &text) < 0)
            return "(none)";
        const std::string value = text;
        std::free(text);
        return value;
    }

    /// What has arrived besides answers: "<member> <path>".
    std::vector<std::string> signals()
    {
        while (sd_bus_process(bus.get(), nullptr) > 0) {}
        return seen;
    }

    Handle<sd_bus, sd_bus_flush_close_unref> bus = {};
    std::vector<std::string> seen = {};

private:
    static int on_message(sd_bus_message* message, void* self, sd_bus_error*)
    {
        if (sd_bus_message_get_member(message) != nullptr)
            static_cast<TestClient*>(self)->seen.push_back(std::string(sd_bus_message_get_member(message)) + ' ' +
                                                           sd_bus_message_get_path(message));
        return 0;
    }
};

} // namespace linkspan::bus
