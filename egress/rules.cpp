#include "egress/rules.h"

#include "base/ids.h"

#include <array>
#include <cstdio>

namespace linkspan::egress {

std::string name_of(const std::vector<Stretch>& service_class, std::size_t most_pins)
{
    std::string text = std::to_string(most_pins) + " ";
    for (const auto& stretch : service_class)
        text += std::to_string(stretch.first) + "-" + std::to_string(stretch.last) + " ";
    std::array<char, 15> digits{};
    std::snprintf(digits.data(), digits.size(), "%07x%07x", fold_of(text), fold_of(text, 1)); // one alone could collide
    return digits.data();
}

} // namespace linkspan::egress
