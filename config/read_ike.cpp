#include "config/read_ike.h"

#include "base/identity.h"

namespace linkspan::config {
namespace {

/// IKEv1 has one algorithm of each kind in a proposal, and no negotiation of forward secrecy: all ESP proposals of a
/// connection have the same group, which most peers take by default.
constexpr std::array<std::string_view, 4> default_ike_v1{"aes256-sha256-modp2048", "aes128-sha256-modp2048",
                                                         "aes256-sha384-modp3072", "aes256-sha384-ecp384"};
constexpr std::array<std::string_view, 3> default_esp_v1{"aes256gcm16-modp2048", "aes256-sha256-modp2048",
                                                         "aes128-sha256-modp2048"};

std::string tick(const Key& key)
{
    return "`" + std::string{key.name} + "`";
}

template <std::size_t N>
Proposals parse_all(const std::array<std::string_view, N>& texts, Proposal::Use use)
{
    std::vector<Proposal> proposals;
    for (auto text : texts) proposals.push_back(Proposal::parse(text, use).value());
    return Proposals{std::move(proposals)};
}

void read_identity(Reader& reader, const Key& key, const Value& value, std::string& into, Span& place)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    if (const auto identity = Identity::parse(text->text))
        into = text->text, place = value.span;
    else
        reader.error(value.span, tick(key) + ": " + identity.error().what,
                     "linkspan.toml(5) has a table of what identities look like");
}

void read_proposals(Reader& reader, const Key& key, const Value& value, Proposal::Use use, Proposals& into,
                    std::vector<Span>& places)
{
    const auto texts = reader.texts(key, value);
    if (const auto* array = std::get_if<Array>(&value.content); array && array->empty())
        reader.error(value.span, tick(key) + " is empty", Reader::example(key) + ", or leave the key out");
    std::vector<Proposal> proposals;
    for (const auto& text : texts) {
        auto proposal = Proposal::parse(text.text, use);
        if (!proposal) {
            reader.error(text.span, tick(key) + ": " + in_quotes(text.text) + " is no proposal", proposal.error().what);
            continue;
        }
        proposals.push_back(*std::move(proposal));
        places.push_back(text.span);
    }
    into = Proposals{std::move(proposals)};
}

std::optional<NamedFile> named_file(Reader& reader, const Key& key, const Written& text)
{
    if (text.text.starts_with("-----BEGIN")) {
        reader.error(text.span, tick(key) + " names a file; its content has no place here", Reader::example(key))
            .secret = true;
        return {};
    }
    if (!text.text.starts_with('/')) {
        reader.error(text.span, tick(key) + " is not an absolute path", Reader::example(key));
        return {};
    }
    return NamedFile{text.text, reader.pos(text.span)};
}

void read_file(Reader& reader, const Key& key, const Value& value, NamedFile& into, Span& place)
{
    place = value.span;
    const auto text = reader.text(key, value);
    if (!text) return;
    if (auto file = named_file(reader, key, *text)) into = *std::move(file);
}

void read_files(Reader& reader, const Key& key, const Value& value, std::vector<NamedFile>& into, Span& place)
{
    place = value.span;
    for (const auto& text : reader.texts(key, value))
        if (auto file = named_file(reader, key, text)) into.push_back(*std::move(file));
}

template <typename T>
void read_number(Reader& reader, const Key& key, const Value& value, T& into)
{
    if (const auto number = reader.integer(key, value)) into = static_cast<T>(*number);
}

} // namespace

void read_local_id(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_identity(reader, key, value, into.connection.local_id, into.local_id);
}

void read_remote_id(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_identity(reader, key, value, into.connection.remote_id, into.remote_id);
}

void read_certificate(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_file(reader, key, value, into.x509.certificate, into.certificate);
}

void read_remote_certificate(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_file(reader, key, value, into.x509.remote_certificate, into.remote_certificate);
}

void read_ca(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_files(reader, key, value, into.x509.ca, into.ca);
}

void read_crl(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_files(reader, key, value, into.x509.crl, into.crl);
}

void read_revocation(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::array values{Revocation::Strict, Revocation::IfUri, Revocation::Relaxed};
    into.revocation = value.span;
    if (const auto word = reader.word(key, value)) into.x509.revocation = values[*word];
}

void read_version(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.version = value.span;
    read_number(reader, key, value, into.connection.ike.version);
}

void read_aggressive(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.aggressive = value.span;
    if (const auto found = reader.boolean(key, value)) into.connection.ike.aggressive = *found;
}

void read_fragmentation(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::array values{Fragmentation::Yes, Fragmentation::No, Fragmentation::Force};
    if (const auto word = reader.word(key, value)) into.connection.ike.fragmentation = values[*word];
}

void read_ike_dscp(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_number(reader, key, value, into.connection.ike.dscp);
}

void read_ike_proposals(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_proposals(reader, key, value, Proposal::Use::Ike, into.connection.ike_proposals, into.ike_proposals);
}

void read_esp_proposals(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_proposals(reader, key, value, Proposal::Use::Esp, into.connection.esp_proposals, into.esp_proposals);
}

void read_child_bytes(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.child_bytes = value.span;
    read_number(reader, key, value, into.connection.sa.bytes);
}

void read_child_packets(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.child_packets = value.span;
    read_number(reader, key, value, into.connection.sa.packets);
}

void read_replay_window(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.replay_window = value.span;
    read_number(reader, key, value, into.connection.replay_window);
}

void read_copy_dscp(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::array values{CopyDscp::Out, CopyDscp::In, CopyDscp::Yes, CopyDscp::No};
    if (const auto word = reader.word(key, value)) into.connection.sa.copy_dscp = values[*word];
}

void read_copy_df(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (const auto found = reader.boolean(key, value)) into.connection.sa.copy_df = *found;
}

void read_copy_ecn(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (const auto found = reader.boolean(key, value)) into.connection.sa.copy_ecn = *found;
}

void fill_ike_defaults(ConnectionDraft& draft)
{
    auto& c = draft.connection;
    if (draft.certificate.line != 0) c.x509 = draft.x509;
    if (c.ike.version != 1) return;
    static const auto ike = parse_all(default_ike_v1, Proposal::Use::Ike);
    static const auto esp = parse_all(default_esp_v1, Proposal::Use::Esp);
    if (draft.ike_proposals.empty()) c.ike_proposals = ike;
    if (draft.esp_proposals.empty()) c.esp_proposals = esp;
}

} // namespace linkspan::config
