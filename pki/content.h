#pragma once

#include <string>
#include <string_view>

namespace linkspan::pki {

/// What a file holds that was taken for something else, to be said to people: "it holds a certificate request". Told by
/// the label of its first PEM block, or by the first bytes of PKCS#12; "it holds nothing known" else. Quotes no content.
[[nodiscard]] std::string content_of(std::string_view bytes);

} // namespace linkspan::pki
