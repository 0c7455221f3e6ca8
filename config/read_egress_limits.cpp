#include "config/read_egress.h"

#include <array>

namespace linkspan::config {
namespace {

template <std::uint32_t EgressLimits::* Member>
void read_limit(Reader& reader, const Key& key, const Value& value, EgressLimits& into)
{
    if (const auto found = reader.integer(key, value)) into.*Member = static_cast<std::uint32_t>(*found);
}

constexpr std::array limits_fields{
    Field<EgressLimits>{{"addresses", Shape::Integer, false, "100000", "200000", {}, 1'000, 1'000'000},
                        read_limit<&EgressLimits::addresses>},
    Field<EgressLimits>{{"addresses_per_client", Shape::Integer, false, "8192", "1024", {}, 16, 100'000},
                        read_limit<&EgressLimits::addresses_per_client>},
    Field<EgressLimits>{{"addresses_per_answer", Shape::Integer, false, "256", "64", {}, 1, 1'024},
                        read_limit<&EgressLimits::addresses_per_answer>},
    Field<EgressLimits>{{"questions_per_client", Shape::Integer, false, "1024", "256", {}, 16, 65'535},
                        read_limit<&EgressLimits::questions_per_client>},
    Field<EgressLimits>{{"held", Shape::Integer, false, "4096", "8192", {}, 64, 65'535},
                        read_limit<&EgressLimits::held>},
    Field<EgressLimits>{{"log_rate", Shape::Integer, false, "10", "100", {}, 1, 1'000},
                        read_limit<&EgressLimits::log_rate>},
};

} // namespace

void read_egress_limits(Reader& reader, const Key& key, const Value& value, EgressDraft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return reader.wrong_type(key, value);
    into.limits = value.span;
    read_fields(reader, "[egress.limits]", limits_fields, {}, *table, value.span, into.egress.limits);
}

KeyTable egress_limits_keys()
{
    return key_table("[egress.limits]", limits_fields, {});
}

} // namespace linkspan::config
