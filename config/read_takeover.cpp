#include "config/read_ha.h"

#include <algorithm>
#include <array>

namespace linkspan::config {
namespace {

std::string key_of(const Key& key)
{
    return "`" + std::string{key.name} + "`";
}

void read_plain(Reader& reader, const Key& key, const Value& value, std::string& into)
{
    if (auto text = reader.text(key, value)) into = std::move(text->text);
}

void read_path(Reader& reader, const Key& key, const Value& value, std::string& into)
{
    auto text = reader.text(key, value);
    if (!text) return;
    if (!text->text.starts_with('/'))
        reader.error(text->span, key_of(key) + " is not an absolute path", Reader::example(key));
    else
        into = std::move(text->text);
}

/// Names of the cloud's, all of one form.
void read_names(Reader& reader, const Key& key, const Value& value, std::string_view prefix,
                std::vector<std::string>& into)
{
    for (auto& text : reader.texts(key, value)) {
        if (!text.text.starts_with(prefix))
            reader.error(text.span,
                         key_of(key) + ": " + in_quotes(text.text) + " does not begin with \"" + std::string{prefix} +
                             "\"",
                         Reader::example(key));
        else
            into.push_back(std::move(text.text));
    }
}

void read_routes(Reader& reader, const Key& key, const Value& value, std::vector<IpPrefix>& into)
{
    for (const auto& text : reader.texts(key, value))
        if (const auto prefix = reader.parsed<IpPrefix>(key, text)) into.push_back(*prefix);
}

/// Credentials go there: never in clear, but to this machine.
void read_url(Reader& reader, const Key& key, const Written& text, std::string& into)
{
    const auto& url = text.text;
    const bool is_local = url.starts_with("http://127.0.0.1") || url.starts_with("http://[::1]");
    const auto scheme = url.find("://");
    if ((!url.starts_with("https://") && !is_local) || url.size() <= scheme + 3 || url.contains(' '))
        reader.error(text.span, key_of(key) + ": " + in_quotes(url) + " is not an https URL", Reader::example(key));
    else
        into = url;
}

void read_endpoint(Reader& reader, const Key& key, const Value& value, std::string& into)
{
    if (const auto text = reader.text(key, value)) read_url(reader, key, *text, into);
}

/// "/container" or "/container/name"; blobs' names may have slashes. What would have to be encoded is refused.
bool is_blob_path(std::string_view path)
{
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    return path.size() > 1 && path.starts_with('/') && !path.ends_with('/') && !path.contains("//") &&
           path.find_first_not_of(plain) == std::string_view::npos;
}

/// A shared access signature would be a key of its own, in the file for everybody to read. What is refused counts as written: that it
/// is missing is not said, too.
void read_blob(Reader& reader, const Key& key, const Value& value, std::string& into)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    into = text->text.substr(0, text->text.find('?'));
    if (into.size() < text->text.size()) {
        reader
            .error(
                text->span, key_of(key) + " ends with a query, which may be a secret",
                "leave out everything from the question mark on: the machine's managed identity has the right to write")
            .secret = true;
        return;
    }
    std::string url;
    read_url(reader, key, *text, url);
    if (url.empty()) return;
    const auto path = std::min(url.find('/', url.find("://") + 3), url.size());
    if (!is_blob_path(std::string_view{url}.substr(path)))
        reader.error(text->span, key_of(key) + ": " + in_quotes(url) + " names neither a container nor a blob in one",
                     Reader::example(key));
}

constexpr std::array exec_fields{
    Field<ExecTakeover>{
        {"command", Shape::Text, true, {}, R"("/usr/local/sbin/move-address")"},
        [](Reader& r, const Key& k, const Value& v, ExecTakeover& t) { read_path(r, k, v, t.command); }},
    Field<ExecTakeover>{{"timeout", Shape::Duration, false, R"("10s")", R"("30s")", {}, 1, 600},
                        [](Reader& r, const Key& k, const Value& v, ExecTakeover& t) {
                            if (const auto time = r.duration(k, v)) t.timeout = *time;
                        }},
};

constexpr std::array aws_fields{
    Field<AwsTakeover>{{"region", Shape::Text, false, {}, R"("eu-central-1")"},
                       [](Reader& r, const Key& k, const Value& v, AwsTakeover& t) { read_plain(r, k, v, t.region); }},
    Field<AwsTakeover>{{"allocations", Shape::Texts, false, "[]", R"(["eipalloc-0a1b2c3d"])"},
                       [](Reader& r, const Key& k, const Value& v, AwsTakeover& t) {
                           read_names(r, k, v, "eipalloc-", t.allocations);
                       }},
    Field<AwsTakeover>{
        {"route_tables", Shape::Texts, false, "[]", R"(["rtb-0a1b2c3d"])"},
        [](Reader& r, const Key& k, const Value& v, AwsTakeover& t) { read_names(r, k, v, "rtb-", t.route_tables); }},
    Field<AwsTakeover>{{"routes", Shape::Texts, false, "[]", R"(["10.20.0.0/16"])"},
                       [](Reader& r, const Key& k, const Value& v, AwsTakeover& t) { read_routes(r, k, v, t.routes); }},
    Field<AwsTakeover>{
        {"endpoint", Shape::Text, false, {}, R"("https://ec2.eu-central-1.example.com")"},
        [](Reader& r, const Key& k, const Value& v, AwsTakeover& t) { read_endpoint(r, k, v, t.endpoint); }},
    Field<AwsTakeover>{{"table", Shape::Text, false, {}, R"("linkspan-ha")"},
                       [](Reader& r, const Key& k, const Value& v, AwsTakeover& t) { read_plain(r, k, v, t.table); }},
};

constexpr std::array azure_fields{
    Field<AzureTakeover>{
        {"subscription", Shape::Text, false, {}, R"("00000000-0000-0000-0000-000000000000")"},
        [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) { read_plain(r, k, v, t.subscription); }},
    Field<AzureTakeover>{
        {"resource_group", Shape::Text, false, {}, R"("edge")"},
        [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) { read_plain(r, k, v, t.resource_group); }},
    Field<AzureTakeover>{
        {"public_address", Shape::Text, false, {}, R"("edge-ip")"},
        [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) { read_plain(r, k, v, t.public_address); }},
    Field<AzureTakeover>{
        {"route_tables", Shape::Texts, false, "[]", R"(["lan-routes"])"},
        [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) { read_names(r, k, v, "", t.route_tables); }},
    Field<AzureTakeover>{
        {"routes", Shape::Texts, false, "[]", R"(["10.20.0.0/16"])"},
        [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) { read_routes(r, k, v, t.routes); }},
    Field<AzureTakeover>{{"probe_port", Shape::Integer, false, {}, "8117", {}, 1, 65535},
                         [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) {
                             if (const auto port = r.integer(k, v)) t.probe_port = static_cast<std::uint16_t>(*port);
                         }},
    Field<AzureTakeover>{
        {"endpoint", Shape::Text, false, {}, R"("https://management.example.com")"},
        [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) { read_endpoint(r, k, v, t.endpoint); }},
    Field<AzureTakeover>{{"blob", Shape::Text, false, {}, R"("https://edgestore.blob.core.windows.net/linkspan/edge")"},
                         [](Reader& r, const Key& k, const Value& v, AzureTakeover& t) { read_blob(r, k, v, t.blob); }},
};

void read_endpoints(Reader& reader, const Key& key, const Value& value, EtcdArbiter& into)
{
    for (const auto& text : reader.texts(key, value)) {
        std::string url;
        read_url(reader, key, text, url);
        if (!url.empty()) into.endpoints.push_back(std::move(url));
    }
}

void read_named_file(Reader& reader, const Key& key, const Value& value, NamedFile& into)
{
    read_path(reader, key, value, into.path);
    into.pos = reader.pos(value.span);
}

constexpr std::array etcd_fields{
    Field<EtcdArbiter>{{"endpoints", Shape::Texts, true, {}, R"(["https://etcd.example.org:2379"])"}, read_endpoints},
    Field<EtcdArbiter>{{"key", Shape::Text, false, R"("linkspan/ha")", R"("linkspan/edge")"},
                       [](Reader& r, const Key& k, const Value& v, EtcdArbiter& t) { read_plain(r, k, v, t.key); }},
    Field<EtcdArbiter>{{"ca", Shape::Text, false, {}, R"("/etc/linkspan/x509/etcd-ca.pem")"},
                       [](Reader& r, const Key& k, const Value& v, EtcdArbiter& t) { read_named_file(r, k, v, t.ca); }},
    Field<EtcdArbiter>{
        {"certificate", Shape::Text, false, {}, R"("/etc/linkspan/x509/etcd.pem")"},
        [](Reader& r, const Key& k, const Value& v, EtcdArbiter& t) { read_named_file(r, k, v, t.certificate); }},
    Field<EtcdArbiter>{{"private_key", Shape::Text, false, {}, R"("/etc/linkspan/x509/etcd.key")"},
                       [](Reader& r, const Key& k, const Value& v, EtcdArbiter& t) {
                           t.private_key = {SecretSource::Kind::File, {}, r.pos(v.span)};
                           read_path(r, k, v, t.private_key.name);
                       }},
};

template <typename T, std::size_t N>
void read_group(Reader& reader, const Key& key, std::string_view header, const Value& value,
                const std::array<Field<T>, N>& fields, T& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return reader.wrong_type(key, value);
    read_fields(reader, header, fields, {}, *table, value.span, into);
}

} // namespace

void read_exec(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    into.exec = value.span;
    read_group(reader, key, "[ha.exec]", value, exec_fields, into.ha.exec);
}

void read_aws(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    into.aws = value.span;
    read_group(reader, key, "[ha.aws]", value, aws_fields, into.ha.aws);
}

void read_azure(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    into.azure = value.span;
    read_group(reader, key, "[ha.azure]", value, azure_fields, into.ha.azure);
}

void read_etcd(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    into.etcd = value.span;
    read_group(reader, key, "[ha.etcd]", value, etcd_fields, into.ha.etcd);
}

KeyTable exec_keys()
{
    return key_table("[ha.exec]", exec_fields, {});
}

KeyTable aws_keys()
{
    return key_table("[ha.aws]", aws_fields, {});
}

KeyTable azure_keys()
{
    return key_table("[ha.azure]", azure_fields, {});
}

KeyTable etcd_keys()
{
    return key_table("[ha.etcd]", etcd_fields, {});
}

} // namespace linkspan::config
