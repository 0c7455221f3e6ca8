#include "bench/sa_event.h"

#include <initializer_list>
#include <utility>

namespace linkspan::bench {
namespace {

void set_all(ike::Section& section, std::initializer_list<std::pair<const char*, const char*>> values)
{
    for (const auto& [name, value] : values) section.set(name, std::string{value});
}

ike::Section child_event(const std::string& connection, std::size_t number)
{
    ike::Section child;
    child.set("name", connection).set("uniqueid", std::to_string(number));
    child.set("reqid", std::to_string(0x1000'0000 + number));
    set_all(child, {{"state", "INSTALLED"},
                    {"mode", "TUNNEL"},
                    {"protocol", "ESP"},
                    {"encap", "yes"},
                    {"spi-in", "c52ee5bb"},
                    {"spi-out", "c8966340"},
                    {"if-id-in", "1000002a"},
                    {"if-id-out", "1000002a"},
                    {"encr-alg", "AES_GCM_16"},
                    {"encr-keysize", "256"},
                    {"bytes-in", "123456789"},
                    {"packets-in", "123456"},
                    {"use-in", "1"},
                    {"bytes-out", "987654321"},
                    {"packets-out", "654321"},
                    {"use-out", "1"},
                    {"rekey-time", "2252"},
                    {"life-time", "3959"},
                    {"install-time", "1200"}});
    return child.set("local-ts", ike::List{"0.0.0.0/0"}).set("remote-ts", ike::List{"0.0.0.0/0"});
}

} // namespace

ike::Message sa_event(const std::string& connection, std::size_t number)
{
    ike::Section sa;
    sa.set("uniqueid", std::to_string(number));
    set_all(sa, {{"version", "2"},
                 {"state", "ESTABLISHED"},
                 {"local-host", "203.0.113.10"},
                 {"local-port", "4500"},
                 {"local-id", "203.0.113.10"},
                 {"remote-host", "198.18.0.1"},
                 {"remote-port", "4500"},
                 {"remote-id", "198.18.0.1"},
                 {"initiator", "yes"},
                 {"initiator-spi", "66ba210f21f3ab14"},
                 {"responder-spi", "574ad93991180502"},
                 {"nat-remote", "yes"},
                 {"nat-any", "yes"},
                 {"encr-alg", "AES_GCM_16"},
                 {"encr-keysize", "256"},
                 {"prf-alg", "PRF_HMAC_SHA2_384"},
                 {"dh-group", "ECP_384"},
                 {"established", "1200"},
                 {"rekey-time", "13394"}});
    const auto child = connection + "-" + std::to_string(number);
    return ike::Section{}.set(
        connection, std::move(sa.set("child-sas", ike::Section{}.set(child, child_event(connection, number)))));
}

} // namespace linkspan::bench
