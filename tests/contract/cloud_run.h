#pragma once

#include "own_cloud.h"
#include "takeover/cloud_driver.h"

#include <boost/json.hpp>
#include <poll.h>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace linkspan::test {

/// A driver and the cloud it drives, as an agent's loop would turn it.
class CloudRun {
public:
    CloudRun(const OwnCloud& cloud, std::unique_ptr<takeover::Cloud> driven, takeover::CloudTiming timing)
        : cloud_(cloud)
    {
        Clock clock{[this] { return real_clock().now() + ahead; }, real_clock().wall};
        auto opened = takeover::CloudDriver::open(std::move(driven), timing, clock, [] { return 0U; });
        if (opened) driver = std::move(*opened);
    }

    std::unique_ptr<takeover::CloudDriver> driver;
    Monotonic::duration ahead{};
    std::vector<takeover::Report> told; ///< everything, in its order

    /// Turns until nothing is under way, at least once.
    void settle()
    {
        do turn();
        while (!driver->is_idle());
    }
    /// Turns until something was decided, and answers it. Pauses are skipped, not waited for.
    takeover::Report decided()
    {
        for (int turns = 0; turns < 10'000; ++turns) {
            const auto before = told.size();
            turn();
            for (std::size_t at = before; at < told.size(); ++at)
                if (told[at].outcome != takeover::Outcome::Retrying) return told[at];
            if (driver->is_idle()) ahead += std::chrono::milliseconds{50};
        }
        return {.detail = "nothing was decided"};
    }
    [[nodiscard]] boost::json::object log() const { return boost::json::parse(cloud_.control("/_log")).as_object(); }
    [[nodiscard]] std::size_t connections() const { return log().at("connections").to_number<std::size_t>(); }
    /// The names of what was asked since number `since`.
    [[nodiscard]] std::vector<std::string> asked(std::size_t since = 0) const
    {
        std::vector<std::string> names;
        const auto all = log();
        for (const auto& request : all.at("requests").as_array())
            if (since > 0)
                --since;
            else
                names.emplace_back(request.at("name").as_string());
        return names;
    }
    [[nodiscard]] boost::json::object state_of(const char* part) const
    {
        return boost::json::parse(cloud_.control("/_state")).as_object().at(part).as_object();
    }

private:
    void turn()
    {
        auto reports = driver->process();
        told.insert(told.end(), reports.begin(), reports.end());
        if (!reports.empty() || driver->is_idle()) return;
        pollfd ready{driver->descriptor(), POLLIN, 0};
        ::poll(&ready, 1, 60'000);
    }
    const OwnCloud& cloud_;
};

} // namespace linkspan::test
