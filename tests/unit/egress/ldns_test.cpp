#include "egress/dns_message.h"

#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// What ldns, which servers and resolvers are built on, reads in public packets, hostile ones among them, beside what we do.
/// The two may differ for the reasons that `difference` names, and for no other.

namespace linkspan::egress {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;

fs::path corpus()
{
    const char* given = std::getenv("LINKSPAN_CORPORA");
    return fs::path{given != nullptr ? given : LINKSPAN_SOURCE_DIR "/../shared/corpora"} / "dns";
}

Bytes from_hex(std::string_view hex)
{
    Bytes bytes(hex.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, bytes[i], 16);
    return bytes;
}

std::vector<Bytes> packets()
{
    std::vector<Bytes> all;
    for (const auto& file : fs::directory_iterator{corpus()}) {
        std::ifstream in{file.path()};
        for (std::string line; std::getline(in, line);) all.push_back(from_hex(line));
    }
    return all;
}

Packet ldns_reads(const Bytes& bytes)
{
    ldns_pkt* packet = nullptr;
    const bool sound = ldns_wire2pkt(&packet, bytes.data(), bytes.size()) == LDNS_STATUS_OK;
    return {sound ? packet : nullptr, &ldns_pkt_free};
}

bool same_name(const ldns_rdf* a, const ldns_rdf* b)
{
    return ldns_dname_compare(a, b) == 0;
}

/// The addresses behind the name that was asked for, by ldns's records: first the aliases, then what the end owns.
std::vector<std::string> addresses(const ldns_pkt& packet)
{
    const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(&packet), 0);
    const ldns_rr_list* answers = ldns_pkt_answer(&packet);
    const ldns_rdf* name = ldns_rr_owner(question);
    const auto alias_of = [&](const ldns_rdf* owner) -> const ldns_rdf* {
        for (std::size_t i = 0; i < ldns_rr_list_rr_count(answers); ++i) {
            const ldns_rr* rr = ldns_rr_list_rr(answers, i);
            if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME && ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
                same_name(ldns_rr_owner(rr), owner))
                return ldns_rr_rdf(rr, 0);
        }
        return nullptr;
    };
    for (std::size_t steps = 0; steps < max_chain; ++steps)
        if (const ldns_rdf* target = alias_of(name)) name = target;

    std::vector<std::string> found;
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(answers); ++i) {
        const ldns_rr* rr = ldns_rr_list_rr(answers, i);
        const auto type = ldns_rr_get_type(rr);
        const auto asked = ldns_rr_get_type(question);
        if ((type != LDNS_RR_TYPE_A && type != LDNS_RR_TYPE_AAAA) || (type != asked && asked != LDNS_RR_TYPE_ANY) ||
            ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN || !same_name(ldns_rr_owner(rr), name))
            continue;
        const std::unique_ptr<char, decltype(&std::free)> text{ldns_rdf2str(ldns_rr_rdf(rr, 0)), &std::free};
        found.push_back(IpAddress::parse(text.get())->text());
    }
    return found;
}

std::vector<std::string> addresses(const DnsAnswer& answer)
{
    std::vector<std::string> found;
    for (const auto& [address, ttl] : answer.addresses) found.push_back(address.text());
    return found;
}

/// An answer of ours that ldns does not read at all is sound as far as the answers go: cut behind them, ldns reads it too,
/// unless it objects to a record that leads to no address.
bool differs_behind_the_answers(const Bytes& bytes)
{
    for (std::size_t size = bytes.size(); size > 12; --size) {
        Bytes cut{bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
        std::fill(cut.begin() + 8, cut.begin() + 12, std::uint8_t{0});
        if (ldns_reads(cut)) return true;
    }
    return false;
}

/// Why the two differ about a packet; empty where they agree, "?" where no reason is known.
std::string difference(const Bytes& bytes)
{
    const Packet theirs = ldns_reads(bytes);
    const auto ours = decode_answer(bytes);
    if (!theirs && !ours) return "";
    if (!theirs)
        return differs_behind_the_answers(bytes) ? "malformed behind the answers"
                                                 : "a record ldns cannot read, which leads to no address";
    if (!ours) {
        if (ldns_pkt_qdcount(theirs.get()) != 1) return "not one question";
        if (ldns_pkt_get_opcode(theirs.get()) != LDNS_PACKET_QUERY) return "no standard query";
        const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(theirs.get()), 0);
        if (ldns_rr_get_class(question) != LDNS_RR_CLASS_IN) return "another class";
        if (!ldns_pkt_qr(theirs.get())) return decode_query(bytes) ? "a query" : "? a query not read";
        if (ours.error().what.ends_with("a chain of aliases without an end")) return "an alias of itself";
        return "? " + ours.error().what;
    }
    if (ldns_pkt_get_rcode(theirs.get()) != LDNS_RCODE_NOERROR)
        return ours->addresses.empty() ? "" : "? learnt from an error";
    if (ours->question.type == RecordType::Svcb || ours->question.type == RecordType::Https) return "";
    return addresses(*ours) == addresses(*theirs) ? "" : "? other addresses";
}

std::string in_hex(const Bytes& bytes)
{
    std::string text;
    for (const std::uint8_t byte : bytes) text.append({"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]});
    return text;
}

TEST(Ldns, ReadsTheSamePublicPacketsForKnownReasonsApart)
{
    if (!fs::is_directory(corpus()))
        GTEST_SKIP() << "no public packets: there is no " << corpus() << " (LINKSPAN_CORPORA)";
    std::map<std::string, std::size_t> reasons;
    std::size_t with_addresses = 0;
    for (const Bytes& packet : packets()) {
        const std::string why = difference(packet);
        ++reasons[why];
        EXPECT_FALSE(why.starts_with('?')) << why << "\n" << in_hex(packet);
        const auto answer = decode_answer(packet);
        with_addresses += answer && !answer->addresses.empty();
    }
    EXPECT_GT(with_addresses, 500U) << "agreeing about nothing would prove nothing";
    for (const auto& [why, count] : reasons) std::printf("%6zu %s\n", count, why.empty() ? "read alike" : why.c_str());
}

} // namespace
} // namespace linkspan::egress
