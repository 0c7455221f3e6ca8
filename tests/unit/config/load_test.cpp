#include "config/load.h"

#include <gtest/gtest.h>

#include <fstream>

namespace linkspan::config {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::string gateway = "[gateway]\nuplink = \"wan0\"\n";

std::string connection(const std::string& name, const std::string& peer, const std::string& subnet,
                       const std::string& more = "")
{
    return "[[connection]]\nname = \"" + name + "\"\npeer = \"" + peer + "\"\npsk = { file = \"/k\" }\n" +
           "remote_subnets = [\"" + subnet + "\"]\n" + more + "\n";
}

Loaded load_text(const std::string& text)
{
    return load({{"t.toml", text}});
}

std::string told(const Loaded& loaded)
{
    std::string text;
    for (const auto& d : loaded.diagnostics) text += d.message + "\n";
    return text;
}

TEST(Load, FillsInTheDefaults)
{
    const auto loaded = load_text(gateway + connection("azure", "198.51.100.7", "10.20.0.0/16"));
    ASSERT_TRUE(loaded.config) << told(loaded);
    const auto& c = loaded.config->connections.at(0);
    EXPECT_TRUE(c.enabled);
    EXPECT_EQ(c.interface, Interface::Vti);
    EXPECT_EQ(c.id, id_of_name("azure"));
    EXPECT_EQ(c.device.value, "ls-azure");
    EXPECT_EQ(c.start, Start::Always);
    EXPECT_EQ(c.nat_traversal, NatTraversal::Auto);
    EXPECT_EQ(c.ike_lifetime, 4h);
    EXPECT_EQ(c.child_lifetime, 1h);
    EXPECT_EQ(c.dpd_delay, 30s);
    EXPECT_EQ(c.dpd_timeout, 10s);
    EXPECT_EQ(c.replay_window, 128U);
    EXPECT_FALSE(c.mtu || c.mss || c.local_address);
    EXPECT_EQ(c.ike_proposals.size(), 2U);
    EXPECT_EQ(c.esp_proposals.size(), 4U);
    EXPECT_EQ(loaded.config->ike.socket, "/run/linkspan-ike/charon.vici");
}

TEST(Load, ReadsEveryKey)
{
    const auto loaded = load_text(R"(
[gateway]
name    = "edge-1"
uplink  = "wan0"
address = ["203.0.113.10", "2001:db8::10"]
lan     = ["lan0", "lan1"]
[ike]
socket = "/run/x.vici"
[[connection]]
name           = "hub"
enabled        = false
mode           = "route"
interface      = "xfrm"
device         = "tun0"
id             = 17
peer           = "198.51.100.7"
local_address  = "203.0.113.11"
psk            = { credential = "hub.psk" }
local_id       = "edge-1.example.org"
remote_id      = "hub.example.org"
local_subnets  = ["10.1.0.0/16", "fd01::/48"]
remote_subnets = ["10.20.0.0/16", "fd20::/48"]
tunnel_address = ["169.254.21.2/30", "fd21::2/64"]
start          = "on-demand"
nat_traversal  = "none"
ike_proposals  = ["aes256gcm16-prfsha384-ecp384"]
esp_proposals  = ["aes128-sha1"]
ike_lifetime   = "8h"
child_lifetime = 1800
dpd_delay      = 0
replay_window  = 1024
mtu            = 1400
mss            = 1340
)");
    ASSERT_TRUE(loaded.config) << told(loaded);
    EXPECT_TRUE(loaded.diagnostics.empty()) << told(loaded);
    const auto& g = loaded.config->gateway;
    EXPECT_EQ(g.name, "edge-1");
    EXPECT_EQ(g.uplink.value, "wan0");
    EXPECT_EQ(g.addresses.size(), 2U);
    EXPECT_EQ(g.lan, (std::vector<LinkName>{{"lan0"}, {"lan1"}}));
    EXPECT_EQ(loaded.config->ike.socket, "/run/x.vici");
    const auto& c = loaded.config->connections.at(0);
    EXPECT_FALSE(c.enabled);
    EXPECT_EQ(c.interface, Interface::Xfrm);
    EXPECT_EQ(c.device.value, "tun0");
    EXPECT_EQ(c.id.value, 0x1000'0011U);
    EXPECT_EQ(c.peer.text(), "198.51.100.7");
    EXPECT_EQ(c.local_address->text(), "203.0.113.11");
    EXPECT_EQ(c.psk.kind, SecretSource::Kind::Credential);
    EXPECT_EQ(c.psk.name, "hub.psk");
    EXPECT_EQ(c.psk.pos.line, 18U);
    EXPECT_EQ(c.local_id, "edge-1.example.org");
    EXPECT_EQ(c.remote_id, "hub.example.org");
    EXPECT_EQ(c.local_subnets.size(), 2U);
    EXPECT_EQ(c.remote_subnets[1].text(), "fd20::/48");
    EXPECT_EQ(c.tunnel_addresses[0].text(), "169.254.21.2/30");
    EXPECT_EQ(c.start, Start::OnDemand);
    EXPECT_EQ(c.nat_traversal, NatTraversal::None);
    EXPECT_EQ(c.ike_proposals[0].text, "aes256gcm16-prfsha384-ecp384");
    EXPECT_EQ(c.esp_proposals[0].overhead, (EspOverhead{16, 12, 16}));
    EXPECT_EQ(c.ike_lifetime, 8h);
    EXPECT_EQ(c.child_lifetime, 30min);
    EXPECT_EQ(c.dpd_delay, 0s);
    EXPECT_EQ(c.replay_window, 1024U);
    EXPECT_EQ(c.mtu, 1400U);
    EXPECT_EQ(c.mss, 1340U);
}

TEST(Load, ABackupWaitsAsLongForAnswersAsItsConnection)
{
    const auto loaded = load_text(gateway + connection("a", "198.51.100.7", "10.20.0.0/16") +
                                  "dpd_timeout = \"5s\"\n[connection.backup]\npeer = \"192.0.2.7\"\n");
    ASSERT_TRUE(loaded.config) << told(loaded);
    EXPECT_TRUE(loaded.diagnostics.empty()) << told(loaded);
    for (const auto& c : loaded.config->connections) EXPECT_EQ(c.dpd_timeout, 5s) << c.name.value;
}

TEST(Load, JoinsFilesAndSortsConnectionsByName)
{
    const auto loaded = load({{"a.toml", gateway + connection("zebra", "198.51.100.7", "10.20.0.0/16")},
                              {"b.toml", connection("ant", "198.51.100.8", "10.21.0.0/16")},
                              {"c.toml", ""}});
    ASSERT_TRUE(loaded.config) << told(loaded);
    EXPECT_EQ(loaded.config->connections.at(0).name.value, "ant");
    EXPECT_EQ(loaded.config->connections.at(1).name.value, "zebra");
    EXPECT_EQ(*loaded.config->connections.at(0).pos.file, "b.toml");
    EXPECT_EQ(loaded.files, (std::vector<std::string>{"a.toml", "b.toml", "c.toml"}));
}

TEST(Load, RefusesAnEmptyFile)
{
    const auto loaded = load_text("");
    EXPECT_FALSE(loaded.config);
    ASSERT_EQ(loaded.diagnostics.size(), 1U);
    EXPECT_EQ(loaded.diagnostics[0].message, "there is no [gateway]");
}

TEST(Load, RefusesNoFilesAtAll)
{
    EXPECT_FALSE(load({}).config);
}

TEST(Load, WarnsWhereThereIsNoConnection)
{
    const auto loaded = load_text(gateway);
    ASSERT_TRUE(loaded.config);
    ASSERT_EQ(loaded.diagnostics.size(), 1U);
    EXPECT_EQ(loaded.diagnostics[0].severity, Severity::Warning);
}

TEST(Load, TakesWindowsLineEndsAndAByteOrderMark)
{
    auto text = gateway + connection("a", "198.51.100.7", "10.20.0.0/16");
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.replace(at, 1, "\r\n");
    EXPECT_TRUE(load_text("\xef\xbb\xbf" + text).config);
}

TEST(Load, SaysWhereTextIsNotUtf8)
{
    const auto loaded = load_text(gateway + "name = \"caf\xe9\"\n");
    ASSERT_EQ(loaded.diagnostics.size(), 1U);
    EXPECT_EQ(loaded.diagnostics[0].pos.line, 3U);
    EXPECT_EQ(loaded.diagnostics[0].pos.column, 12U);
    EXPECT_TRUE(loaded.diagnostics[0].message.contains("UTF-8"));
}

TEST(Load, LetsADefaultRouteContainThePeer)
{
    const auto loaded = load_text("[gateway]\nuplink = \"wan0\"\naddress = \"203.0.113.10\"\n" +
                                  connection("a", "198.51.100.7", "0.0.0.0/0", "local_subnets = [\"10.1.0.0/16\"]"));
    EXPECT_TRUE(loaded.config) << told(loaded);
    EXPECT_TRUE(loaded.diagnostics.empty()) << told(loaded);
}

TEST(Load, WarnsOnceWhereOneSubnetCoversOthers)
{
    const auto loaded =
        load_text(gateway + connection("hub", "198.51.100.1", "10.0.0.0/8") +
                  connection("a", "198.51.100.2", "10.1.0.0/16") + connection("b", "198.51.100.3", "10.2.0.0/16"));
    ASSERT_TRUE(loaded.config) << told(loaded);
    ASSERT_EQ(loaded.diagnostics.size(), 1U) << told(loaded);
    EXPECT_EQ(loaded.diagnostics[0].severity, Severity::Warning);
    EXPECT_TRUE(loaded.diagnostics[0].message.contains("10.1.0.0/16")) << told(loaded);
    EXPECT_TRUE(loaded.diagnostics[0].message.contains("1 more")) << told(loaded);
    EXPECT_EQ(loaded.diagnostics[0].pos.line, 7U);
}

TEST(Load, LetsDisabledConnectionsOverlap)
{
    const auto loaded = load_text(gateway + connection("a", "198.51.100.7", "10.20.0.0/16") +
                                  connection("b", "198.51.100.7", "10.20.0.0/16", "enabled = false"));
    EXPECT_TRUE(loaded.config) << told(loaded);
    EXPECT_TRUE(loaded.diagnostics.empty()) << told(loaded);
}

TEST(Load, LetsTunnelsShareASingleInnerAddress)
{
    const auto inner = "tunnel_address = \"10.99.0.1/32\"";
    const auto loaded = load_text(gateway + connection("a", "198.51.100.7", "10.20.0.0/16", inner) +
                                  connection("b", "198.51.100.8", "10.21.0.0/16", inner));
    EXPECT_TRUE(loaded.config) << told(loaded);
}

TEST(Load, LetsXfrmCarryBothFamiliesBetweenTheSameEnds)
{
    const std::string both = "interface = \"xfrm\"\nlocal_subnets = [\"fd01::/48\", \"10.1.0.0/16\"]";
    const auto loaded = load_text(gateway + connection("a", "198.51.100.7", "fd20::/48", both) +
                                  connection("b", "198.51.100.7", "10.21.0.0/16", both + "\nlocal_id = \"edge-1-b\""));
    EXPECT_TRUE(loaded.config) << told(loaded);
}

std::string many(std::size_t count, const std::string& interface)
{
    std::string text = gateway;
    for (std::size_t i = 0; i < count; ++i) {
        const auto pair = std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
        text += connection("c" + std::to_string(i), "198.18." + pair, "10." + pair + ".0/24",
                           "interface = \"" + interface + "\"");
    }
    return text;
}

TEST(Load, RecommendsXfrmFrom200VtiConnectionsOn)
{
    EXPECT_TRUE(load_text(many(199, "vti")).diagnostics.empty());
    EXPECT_TRUE(load_text(many(200, "xfrm")).diagnostics.empty());
    const auto loaded = load_text(many(200, "vti"));
    ASSERT_TRUE(loaded.config);
    ASSERT_EQ(loaded.diagnostics.size(), 1U) << told(loaded);
    EXPECT_EQ(loaded.diagnostics[0].severity, Severity::Warning);
    EXPECT_TRUE(loaded.diagnostics[0].help.contains("xfrm"));
}

TEST(Load, TakesTwentyThousandConnectionsAndNoMore)
{
    EXPECT_TRUE(load_text(many(20'000, "xfrm")).config);
    const auto loaded = load_text(many(20'001, "xfrm"));
    EXPECT_FALSE(loaded.config);
    EXPECT_TRUE(told(loaded).contains("20001 connections"));
}

TEST(DeviceOf, UsesTheNameWhereItFitsAndTheIdElse)
{
    EXPECT_EQ(device_of({"azure"}, {0x1000'0001}).value, "ls-azure");
    EXPECT_EQ(device_of({"twelve-chars"}, {0x1000'0001}).value, "ls-twelve-chars");
    EXPECT_EQ(device_of({"thirteen-char"}, {0x1000'00ab}).value, "ls-100000ab");
}

class ReadSources : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
        main_ = fs::path{directory_} / "linkspan.toml";
    }
    void TearDown() override { fs::remove_all(directory_); }
    void write(const std::string& name, const std::string& text)
    {
        fs::create_directories((fs::path{directory_} / name).parent_path());
        std::ofstream{fs::path{directory_} / name} << text;
    }

    std::string directory_ = fs::temp_directory_path() / "linkspan-sources-XXXXXX";
    fs::path main_;
};

TEST_F(ReadSources, ReadsTheMainFileThenTheOthersByName)
{
    write("linkspan.toml", "main");
    write("linkspan.d/20-b.toml", "b");
    write("linkspan.d/10-a.toml", "a");
    write("linkspan.d/README", "no");
    write("linkspan.d/.hidden.toml", "no");
    write("linkspan.d/old.toml~", "no");
    const auto sources = read_sources(main_);
    ASSERT_TRUE(sources);
    ASSERT_EQ(sources->size(), 3U);
    EXPECT_EQ((*sources)[0].text, "main");
    EXPECT_EQ((*sources)[1].text, "a");
    EXPECT_EQ((*sources)[2].path, directory_ + "/linkspan.d/20-b.toml");
}

TEST_F(ReadSources, ReadsLargeFilesWhole)
{
    const std::string large(300'000, '#');
    write("linkspan.toml", large);
    EXPECT_EQ(read_sources(main_)->at(0).text, large);
}

TEST_F(ReadSources, SaysWhichFileIsMissing)
{
    const auto sources = read_sources(main_);
    ASSERT_FALSE(sources);
    EXPECT_EQ(sources.error().kind, Kind::NotFound);
    EXPECT_TRUE(sources.error().what.contains(main_.string()));
}

TEST_F(ReadSources, RefusesADirectoryInAFilesPlace)
{
    write("linkspan.toml", "");
    fs::create_directories(fs::path{directory_} / "linkspan.d/10-a.toml");
    const auto sources = read_sources(main_);
    ASSERT_FALSE(sources);
    EXPECT_TRUE(sources.error().what.contains("not a regular file"));
}

TEST_F(ReadSources, RefusesFilesOver64MiB)
{
    write("linkspan.toml", "");
    fs::resize_file(main_, (std::uintmax_t{64} << 20) + 1);
    const auto sources = read_sources(main_);
    ASSERT_FALSE(sources);
    EXPECT_TRUE(sources.error().what.contains("64 MiB"));
}

} // namespace
} // namespace linkspan::config
