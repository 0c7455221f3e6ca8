#include "cli/commands.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace linkspan::cli {
namespace {

constexpr const char* good = R"([gateway]
uplink = "wan0"
address = "203.0.113.10"

[[connection]]
name = "azure-hub"
mode = "route"
peer = "198.51.100.7"
psk = { file = "PSK" }
local_subnets = ["10.1.0.0/16"]
remote_subnets = ["10.20.0.0/16"]
)";

class Check : public ::testing::Test {
protected:
    Check()
    {
        char name[] = "/tmp/linkspan-check-XXXXXX";
        directory = ::mkdtemp(name);
        file = directory / "linkspan.toml";
        const auto psk = directory / "psk";
        std::ofstream(psk) << "not so secret, and long enough\n";
        std::filesystem::permissions(psk, std::filesystem::perms::owner_read);
        std::string text = good;
        text.replace(text.find("PSK"), 3, psk.string());
        std::ofstream(file) << text;
    }
    ~Check() override { std::filesystem::remove_all(directory); }

    std::filesystem::path directory = {};
    std::filesystem::path file = {};
};

TEST_F(Check, AGoodFile)
{
    const Outcome outcome = check({.command = Command::Check, .file = file}, {});
    EXPECT_EQ(outcome.status, exit_ok) << outcome.out << outcome.err;
    EXPECT_TRUE(outcome.out.starts_with("linkspan.toml: 1 connection, no errors")) << outcome.out;
}

constexpr const char* mapping = "[connection.nat]\nremote = { \"10.20.0.0/16\" = \"100.65.0.0/16\" }\n";

TEST_F(Check, AnotherGatewaysFileIsNotComparedWithTheRoutesOfThisOne)
{
    std::ofstream(file, std::ios::app) << mapping;
    const Outcome outcome = check({.command = Command::Check, .file = file}, {});
    EXPECT_EQ(outcome.status, exit_ok) << outcome.out << outcome.err;
    EXPECT_TRUE(outcome.out.contains("(routes not checked: its [gateway] has no name or address of this machine)"))
        << outcome.out;
    const Outcome asked_not_to = check({.command = Command::Check, .file = file, .no_routes = true}, {});
    EXPECT_FALSE(asked_not_to.out.contains("routes")) << asked_not_to.out;
}

TEST_F(Check, ThisGatewaysFileIs)
{
    std::array<char, HOST_NAME_MAX + 1> name{};
    ASSERT_EQ(::gethostname(name.data(), HOST_NAME_MAX), 0);
    std::string text = (std::stringstream{} << std::ifstream(file).rdbuf()).str() + mapping;
    text.insert(text.find("uplink"), "name = \"" + std::string{name.data()} + "\"\n");
    std::ofstream(file) << text;
    const auto is_compared = [&](bool no_routes) {
        const auto outcome = check({.command = Command::Check, .file = file, .no_routes = no_routes, .json = true}, {});
        return boost::json::parse(outcome.out).at("routes_checked").as_bool();
    };
    EXPECT_TRUE(is_compared(false));
    EXPECT_FALSE(is_compared(true));
}

TEST_F(Check, WithTheOtherGatewaysFileItSaysWhatDiffers)
{
    const auto other = directory / "other.toml";
    std::filesystem::copy_file(file, other);
    const auto asked = [&] { return check({.command = Command::Check, .file = file, .with = other}, {}); };
    EXPECT_EQ(asked().status, exit_ok) << asked().out;
    std::ofstream(other, std::ios::app) << "dpd_delay = \"11s\"\n";
    EXPECT_EQ(asked().status, exit_error);
    EXPECT_NE(asked().out.find("differs: connection azure-hub dpd_delay: here nothing, there 11s"), std::string::npos)
        << asked().out;
    const auto json = check({.command = Command::Check, .file = file, .with = other, .json = true}, {}).out;
    EXPECT_EQ(boost::json::serialize(boost::json::parse(json).at("differences")),
              R"([{"what":"connection azure-hub dpd_delay","here":null,"there":"11s"}])");
}

TEST_F(Check, OfAnotherFileWithErrorsNothingIsShown)
{
    const auto other = directory / "other.toml";
    std::ofstream(other) << "[[connection]]\nname = \"a\"\npsk = \"hunter2\"\n";
    const auto outcome = check({.command = Command::Check, .file = file, .with = other}, {});
    EXPECT_EQ(outcome.status, exit_error);
    EXPECT_EQ((outcome.out + outcome.err).find("hunter2"), std::string::npos);
}

TEST_F(Check, ABadFileIsQuotedAtItsPlace)
{
    std::ofstream(file, std::ios::app) << "peeer = \"198.51.100.8\"\n";
    const Outcome outcome = check({.command = Command::Check, .file = file}, {});
    EXPECT_EQ(outcome.status, exit_error);
    EXPECT_NE(outcome.out.find(file.string() + ":12:1: error:"), std::string::npos) << outcome.out;
}

TEST_F(Check, JsonHasEveryDiagnostic)
{
    std::ofstream(file, std::ios::app) << "peeer = \"198.51.100.8\"\n";
    const Outcome outcome = check({.command = Command::Check, .file = file, .json = true}, {});
    EXPECT_EQ(outcome.status, exit_error);
    const auto json = boost::json::parse(outcome.out).as_object();
    EXPECT_FALSE(json.at("ok").as_bool());
    const auto& diagnostic = json.at("diagnostics").as_array().at(0).as_object();
    EXPECT_EQ(diagnostic.at("severity").as_string(), "error");
    EXPECT_EQ(diagnostic.at("file").as_string(), file.string());
    EXPECT_EQ(diagnostic.at("line").to_number<int>(), 12);
}

TEST_F(Check, AMissingFileIsSaidToBe)
{
    const Outcome outcome = check({.command = Command::Check, .file = directory / "none.toml"}, {});
    EXPECT_EQ(outcome.status, exit_error);
    EXPECT_NE(outcome.err.find("none.toml"), std::string::npos) << outcome.err;
}

TEST_F(Check, ExplainsAConnection)
{
    std::ofstream(file, std::ios::app) << "profile = \"aws\"\n";
    const Outcome outcome = check({.command = Command::Check, .file = file, .explain = "azure-hub"}, {});
    EXPECT_EQ(outcome.status, exit_ok) << outcome.out << outcome.err;
    EXPECT_TRUE(outcome.out.starts_with("azure-hub\n")) << outcome.out;
    EXPECT_TRUE(outcome.out.contains("  linkspan.toml:12:11  ")) << outcome.out;
    EXPECT_TRUE(outcome.out.contains("profile aws")) << outcome.out;
    const Outcome json = check({.command = Command::Check, .file = file, .explain = "azure-hub", .json = true}, {});
    EXPECT_EQ(boost::json::parse(json.out).at("explained").at("connection"), "azure-hub");
}

TEST_F(Check, ExplainsNothingUnlessAskedAndSuggestsANameThatIsNear)
{
    const Outcome plain = check({.command = Command::Check, .file = file, .json = true}, {});
    EXPECT_TRUE(boost::json::parse(plain.out).at("explained").is_null());
    const Outcome unknown = check({.command = Command::Check, .file = file, .explain = "azure-hbu"}, {});
    EXPECT_EQ(unknown.status, exit_error);
    EXPECT_EQ(unknown.err, "linkspan: there is no connection 'azure-hbu'; did you mean 'azure-hub'?\n");
}

TEST_F(Check, ExplainsNoFileWithErrors)
{
    std::ofstream(file, std::ios::app) << "peeer = \"198.51.100.8\"\n";
    const Outcome outcome = check({.command = Command::Check, .file = file, .explain = "azure-hub"}, {});
    EXPECT_EQ(outcome.status, exit_error);
    EXPECT_TRUE(outcome.out.contains("error:")) << outcome.out;
}

} // namespace
} // namespace linkspan::cli
