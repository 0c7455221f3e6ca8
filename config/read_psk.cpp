#include "config/read_ha.h"

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
                 "write it like `{ " + std::string{key.name} + " = " + std::string{key.example} + " }`");
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
                            "write it like `{ file = " + std::string{key.example} + " }`");
    into = {SecretSource::Kind::File, *text, {}};
}

constexpr std::array psk_fields{
    Field<SecretSource>{{"credential", Shape::Text, false, {}, R"("azure-hub.psk")"}, read_credential},
    Field<SecretSource>{{"file", Shape::Text, false, {}, R"("/etc/linkspan/psk/azure-hub")"}, read_file},
};

constexpr std::array key_fields{
    Field<SecretSource>{{"credential", Shape::Text, false, {}, R"("edge-1.key")"}, read_credential},
    Field<SecretSource>{{"file", Shape::Text, false, {}, R"("/etc/linkspan/x509/edge-1.key")"}, read_file},
};

constexpr std::array ha_fields{
    Field<SecretSource>{{"credential", Shape::Text, false, {}, R"("ha.key")"}, read_credential},
    Field<SecretSource>{{"file", Shape::Text, false, {}, R"("/etc/linkspan/ha.key")"}, read_file},
};

constexpr std::array static_fields{
    Field<SecretSource>{{"credential", Shape::Text, false, {}, R"("factory.keys")"}, read_credential},
    Field<SecretSource>{{"file", Shape::Text, false, {}, R"("/etc/linkspan/keys/factory.toml")"}, read_file},
};

/// Exactly one of credential and file, from a table of these fields.
SecretSource read_source(Reader& reader, const Key& key, const Table& table, const Span& at,
                         const std::array<Field<SecretSource>, 2>& fields)
{
    SecretSource source;
    const std::string name{key.name};
    const auto seen = read_fields(reader, key.name, fields, {}, table, at, source);
    if (seen[0] == seen[1]) {
        const auto* what = seen[0] ? "` names both a credential and a file" : "` names neither a credential nor a file";
        reader.error(at, "`" + name + what, Reader::example(key));
        return {};
    }
    source.pos = reader.pos(at);
    return source;
}

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
    auto source = read_source(reader, key, *table, value.span, psk_fields);
    if (source.name.empty()) return;
    into.connection.psk = std::move(source);
    into.psk = value.span;
}

void read_key(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.key = value.span;
    const auto* table = std::get_if<Table>(&value.content);
    if (!table)
        return hidden_error(reader, value.span,
                            "`key` says where the private key is; the key itself has no place in this file",
                            "write `key = { file = \"/etc/linkspan/x509/NAME.key\" }` or "
                            "`key = { credential = \"NAME.key\" }`");
    into.x509.key = read_source(reader, key, *table, value.span, key_fields);
}

void read_ha_secret(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table)
        return hidden_error(
            reader, value.span, "`secret` says where the pair's keys are; keys themselves have no place in this file",
            "write `secret = { file = \"/etc/linkspan/ha.key\" }` or `secret = { credential = \"ha.key\" }`");
    into.ha.secret = read_source(reader, key, *table, value.span, ha_fields);
}

void read_keys(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table)
        return hidden_error(reader, value.span,
                            "`keys` says where the file of keys is; keys themselves have no place in this file",
                            "write `keys = { file = \"/etc/linkspan/keys/NAME.toml\" }` or "
                            "`keys = { credential = \"NAME.keys\" }`");
    auto source = read_source(reader, key, *table, value.span, static_fields);
    if (source.name.empty()) return;
    into.connection.keys = std::move(source);
    into.keys = value.span;
}

KeyTable secret_keys()
{
    return key_table("secret", ha_fields, {});
}

KeyTable keys_keys()
{
    return key_table("keys", static_fields, {});
}

KeyTable key_keys()
{
    return key_table("key", key_fields, {});
}

KeyTable psk_keys()
{
    return key_table("psk", psk_fields, {});
}

} // namespace linkspan::config
