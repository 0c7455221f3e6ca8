#include "nft/listing.h"

namespace linkspan::nft {

namespace json = boost::json;

std::string_view text_at(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    const auto* text = value ? value->if_string() : nullptr;
    return text ? std::string_view{*text} : std::string_view{};
}

std::optional<std::int64_t> number_of(const json::value* value)
{
    if (!value || !value->is_int64()) return std::nullopt;
    return value->get_int64();
}

Result<json::array> listing(std::string_view text)
{
    json::error_code error;
    auto parsed = json::parse(text, error);
    auto* root = error ? nullptr : parsed.if_object();
    auto* list = root ? root->if_contains("nftables") : nullptr;
    if (!list || !list->is_array()) return failure(Kind::Protocol, "nft prints no ruleset");
    return std::move(list->get_array());
}

bool is_table(const json::object& table, std::string_view name)
{
    return text_at(table, "family") == "inet" && text_at(table, "name") == name;
}

bool is_chain(const json::object& chain, const Base& base)
{
    return text_at(chain, "name") == base.name && text_at(chain, "type") == base.type &&
           text_at(chain, "hook") == base.hook && text_at(chain, "policy") == "accept" &&
           number_of(chain.if_contains("prio")) == base.priority;
}

} // namespace linkspan::nft
