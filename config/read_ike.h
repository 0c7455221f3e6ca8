#pragma once

#include "config/read.h"

namespace linkspan::config {

/// The keys of [[connection]] that say how IKE authenticates, negotiates and renews.
void read_local_id(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_remote_id(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_certificate(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_remote_certificate(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_ca(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_crl(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_revocation(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_version(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_aggressive(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_fragmentation(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_ike_dscp(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_ike_proposals(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_esp_proposals(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_child_bytes(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_child_packets(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_replay_window(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_copy_dscp(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_copy_df(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_copy_ecn(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);

/// What IKEv1 needs in place of the profile's proposals, where none are written.
void fill_ike_defaults(ConnectionDraft& draft);

inline constexpr std::array<std::string_view, 3> revocations{"strict", "ifuri", "relaxed"};
inline constexpr std::array<std::string_view, 3> fragmentations{"yes", "no", "force"};
inline constexpr std::array<std::string_view, 4> dscp_copies{"out", "in", "yes", "no"};
inline constexpr std::int64_t most_bytes = 1'000'000'000'000'000;

// clang-format off
inline constexpr std::array ike_fields{
    Field<ConnectionDraft>{{"psk", Shape::Group, false, {}, R"({ credential = "azure-hub.psk" })"}, read_psk},
    Field<ConnectionDraft>{{"certificate", Shape::Text, false, {}, R"("/etc/linkspan/x509/edge-1.pem")"}, read_certificate},
    Field<ConnectionDraft>{{"key", Shape::Group, false, {}, R"({ credential = "edge-1.key" })"}, read_key},
    Field<ConnectionDraft>{{"ca", Shape::TextOrTexts, false, {}, R"("/etc/linkspan/x509/ca.pem")"}, read_ca},
    Field<ConnectionDraft>{{"remote_certificate", Shape::Text, false, {}, R"("/etc/linkspan/x509/hub.pem")"}, read_remote_certificate},
    Field<ConnectionDraft>{{"crl", Shape::TextOrTexts, false, "[]", R"("/etc/linkspan/x509/ca.crl")"}, read_crl},
    Field<ConnectionDraft>{{"revocation", Shape::Text, false, R"("relaxed")", R"("strict")", revocations}, read_revocation},
    Field<ConnectionDraft>{{"local_id", Shape::Text, false, {}, R"("edge-1.example.org")"}, read_local_id},
    Field<ConnectionDraft>{{"remote_id", Shape::Text, false, {}, R"("hub.example.org")"}, read_remote_id},
    Field<ConnectionDraft>{{"version", Shape::Integer, false, "2", "1", {}, 1, 2}, read_version},
    Field<ConnectionDraft>{{"aggressive", Shape::Boolean, false, "false", "false"}, read_aggressive},
    Field<ConnectionDraft>{{"fragmentation", Shape::Text, false, R"("yes")", R"("force")", fragmentations}, read_fragmentation},
    Field<ConnectionDraft>{{"ike_dscp", Shape::Integer, false, "0", "48", {}, 0, 63}, read_ike_dscp},
    Field<ConnectionDraft>{{"ike_proposals", Shape::Texts, false,
                            R"(["aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-x25519-ecp256-modp3072-modp2048", )"
                            R"("aes256-aes128-sha384-sha256-ecp384-x25519-ecp256-modp3072-modp2048"])",
                            R"(["aes256gcm16-prfsha384-ecp384"])"},
                           read_ike_proposals},
    Field<ConnectionDraft>{{"esp_proposals", Shape::Texts, false,
                            R"(["aes256gcm16-aes128gcm16-ecp384-x25519-ecp256-modp3072-modp2048", "aes256gcm16-aes128gcm16", )"
                            R"("aes256-aes128-sha256-ecp384-x25519-ecp256-modp3072-modp2048", "aes256-aes128-sha256"])",
                            R"(["aes256gcm16-ecp384"])"},
                           read_esp_proposals},
    Field<ConnectionDraft>{{"child_bytes", Shape::Integer, false, "0", "100000000000", {}, 0, most_bytes}, read_child_bytes},
    Field<ConnectionDraft>{{"child_packets", Shape::Integer, false, "0", "1000000000", {}, 0, most_bytes}, read_child_packets},
    Field<ConnectionDraft>{{"replay_window", Shape::Integer, false, "128", "1024", {}, 0, 4096}, read_replay_window},
    Field<ConnectionDraft>{{"copy_dscp", Shape::Text, false, R"("out")", R"("yes")", dscp_copies}, read_copy_dscp},
    Field<ConnectionDraft>{{"copy_df", Shape::Boolean, false, "true", "false"}, read_copy_df},
    Field<ConnectionDraft>{{"copy_ecn", Shape::Boolean, false, "true", "false"}, read_copy_ecn},
};
// clang-format on

} // namespace linkspan::config
