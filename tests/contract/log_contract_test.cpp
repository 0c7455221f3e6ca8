#include "own_charon.h"

#include "ike/apply.h"
#include "ike/log_line.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

/// The log that our strongswan.conf has charon write, and how the agent keeps it small.

namespace linkspan::ike {
namespace {

ConnectionSpec hub()
{
    ConnectionSpec spec{.name = {"hub"}, .local = *IpAddress::parse("192.0.2.1")};
    spec.remote = *IpAddress::parse("192.0.2.2");
    spec.local_id = "192.0.2.1", spec.remote_id = "192.0.2.2";
    spec.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384"}}, spec.esp_proposals = {Proposal{"aes256gcm16"}};
    const TrafficSelector all{IpPrefix::any(Family::V4)};
    spec.children = {{"hub", {id_of_name("hub").value}, {all}, {all}}};
    spec.psk = std::make_shared<const Secret>("correct horse battery staple");
    return spec;
}

class LogContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (!charon_.missing().empty()) GTEST_SKIP() << "needs " << charon_.missing();
        auto client = charon_.connect();
        ASSERT_TRUE(client) << client.error().what << "\n" << charon_.log();
        client_.emplace(std::move(*client));
        const std::map<ConnectionName, ConnectionSpec> connections{{hub().name, hub()}};
        for (const auto& op : plan({connections, {}, {}}, ledger_, observe(*client_).value()))
            ASSERT_TRUE(apply(*client_, op, ledger_));
    }

    [[nodiscard]] std::filesystem::path file() const
    {
        return std::filesystem::path(charon_.path()).parent_path() / "charon.log";
    }
    /// Waits until a line about the connection is in the file.
    [[nodiscard]] bool tells_of_hub() const
    {
        for (int attempt = 0; attempt < 600 && charon_.lives(100); ++attempt) {
            std::ifstream in{file()};
            for (std::string text; std::getline(in, text);)
                if (const auto line = parse_log_line(text); line && line->connection == "hub" && line->unique_id != 0)
                    return true;
        }
        return false;
    }
    void initiate()
    {
        (void)client_->call("initiate", Message{}.set("child", std::string{"hub"}).set("timeout", std::string{"-1"}));
    }

    test::OwnCharon charon_;
    std::optional<Client> client_;
    Ledger ledger_;
};

TEST_F(LogContract, EveryLineOfANegotiationNamesItsConnectionAndNoneASecret)
{
    initiate();
    EXPECT_TRUE(tells_of_hub());
    std::ifstream in{file()};
    for (std::string text; std::getline(in, text);) EXPECT_FALSE(text.contains("correct horse")) << text;
}

TEST_F(LogContract, ReadingTheSettingsAgainBeginsItAnew)
{
    initiate();
    ASSERT_TRUE(tells_of_hub());
    std::ofstream(file(), std::ios::app) << std::string(1 << 20, 'x') << '\n';
    ASSERT_TRUE(client_->call("reload-settings"));
    EXPECT_LT(std::filesystem::file_size(file()), 1U << 20);
    initiate();
    EXPECT_TRUE(tells_of_hub()) << "it goes on";
}

} // namespace
} // namespace linkspan::ike
