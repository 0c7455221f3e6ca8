#include "config/read.h"

#include <array>
#include <string_view>

namespace linkspan::config {
namespace {

/// Like Reader::error, for a value that may be the secret itself, put there by mistake.
void hidden_error(Reader& reader, const Span& at, std::string message, std::string help)
{
    reader.error(at, std::move(message), std::move(help)).secret = true;
}

const std::string* hidden_text(Reader& reader, const Key& key, const Value& value)
{
    const auto* text = std::get_if<std::string>(&value.content);
    if (text && !text->empty() && text->size() <= 255 && text->find('\0') == std::string::npos) return text;
    hidden_error(reader, value.span, "`" + std::string{key.name} + "` must be a string of 1 to 255 bytes",
                 "write it like `psk = { " + std::string{key.name} + " = " + std::string{key.example} + " }`");
    return nullptr;
}

void read_credential(Reader& reader, const Key& key, const Value& value, SecretSource& into)
{
    const auto* text = hidden_text(reader, key, value);
    if (!text) return;
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@";
    if (text->find_first_not_of(allowed) != std::string::npos || *text == "." || *text == "..")
        return hidden_error(
            reader, value.span, "this is not the name of a systemd credential",
            "give the name under which the unit loads it, like \"azure-hub.psk\", never the secret itself");
    into = {SecretSource::Kind::Credential, *text, {}};
}

void read_file(Reader& reader, const Key& key, const Value& value, SecretSource& into)
{
    const auto* text = hidden_text(reader, key, value);
    if (!text) return;
    if (!text->starts_with('/'))
        return hidden_error(reader, value.span, "`file` is not an absolute path",
                            "write it like `psk = { file = " + std::string{key.example} + " }`");
    into = {SecretSource::Kind::File, *text, {}};
}

constexpr std::array psk_fields{
    Field<SecretSource>{{"credential", Shape::Text, false, {}, R"("azure-hub.psk")"}, read_credential},
    Field<SecretSource>{{"file", Shape::Text, false, {}, R"("/etc/linkspan/psk/azure-hub")"}, read_file},
};

} // namespace

void read_psk(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table)
        return hidden_error(reader, value.span,
                            "`psk` says where the secret is; the secret itself has no place in this file",
                            "put it into a file that only root can read (chmod 600), write " +
                                std::string{"`psk = { file = \"/etc/linkspan/psk/NAME\" }` or "} +
                                "`psk = { credential = \"NAME.psk\" }`, and change a secret that has stood here");
    SecretSource source;
    const auto seen = read_fields(reader, "psk", psk_fields, {}, *table, value.span, source);
    if (seen[0] == seen[1])
        return (void)reader.error(value.span,
                                  seen[0] ? "`psk` names both a credential and a file"
                                          : "`psk` names neither a credential nor a file",
                                  Reader::example(key));
    if (source.name.empty()) return;
    into.connection.psk = std::move(source);
    into.connection.psk.pos = reader.pos(value.span);
    into.psk = value.span;
}

KeyTable psk_keys()
{
    return key_table("psk", psk_fields, {});
}

} // namespace linkspan::config
