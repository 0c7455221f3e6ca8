#include "egress/discovery.h"

#include <utility>

namespace linkspan::egress {
namespace {

/// False where there is no room for another key.
template <typename Map, typename Key>
bool count(Map& map, Key key, std::size_t most)
{
    if (const auto known = map.find(key); known != map.end()) {
        ++known->second;
        return true;
    }
    if (map.size() >= most) return false;
    map.emplace(std::move(key), 1);
    return true;
}

} // namespace

void Discovery::asked(const DnsName& name)
{
    if (!count(asked_, std::string{name.text()}, most_)) ++left_out_;
}

void Discovery::used(Used what)
{
    if (!count(uses_, std::move(what), most_)) ++left_out_;
}

} // namespace linkspan::egress
