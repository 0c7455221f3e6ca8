#include "config/read_egress.h"
#include "config/read_ha.h"

#include <array>

namespace linkspan::config {
namespace {

constexpr std::array top_fields{
    Field<Draft>{{"gateway", Shape::Group, false}, read_gateway}, // required, but of all files together
    Field<Draft>{{"ike", Shape::Group, false}, read_ike},
    Field<Draft>{{"ha", Shape::Group, false}, read_ha},
    Field<Draft>{{"connection", Shape::Group, false}, read_connections},
    Field<Draft>{{"egress", Shape::Group, false}, read_egress},
};
constexpr std::array<std::string_view, 2> later_tables{"profile", "nat"};

} // namespace

void read_document(const Document& document, Diagnostics& diagnostics, Draft& into)
{
    Reader reader{document.file, diagnostics};
    const auto seen = read_fields(reader, "", top_fields, later_tables, document.root, Span{1, 1}, into);
    static_assert(top_fields[0].key.name == "gateway");
    into.has_gateway = into.has_gateway || seen[0];
}

std::vector<KeyTable> key_tables()
{
    return {key_table("", top_fields, later_tables),
            gateway_keys(),
            ike_keys(),
            connection_keys(),
            psk_keys(),
            key_keys(),
            keys_keys(),
            backup_keys(),
            probe_keys(),
            nat_keys(),
            rule_keys(),
            egress_keys(),
            egress_limits_keys(),
            egress_tag_keys(),
            egress_policy_keys(),
            ha_keys(),
            secret_keys(),
            exec_keys(),
            aws_keys(),
            azure_keys(),
            etcd_keys()};
}

} // namespace linkspan::config
