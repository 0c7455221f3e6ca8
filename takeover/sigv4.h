#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "takeover/http.h"

#include <string>
#include <string_view>

namespace linkspan::takeover {

struct AwsCredentials {
    std::string key_id = {}; ///< not secret: it goes in the clear with every request
    Secret key = {};
    Secret token = {}; ///< of a session; empty = none
    WallTime expires = {};
};

/// Where a signature counts.
struct SigningScope {
    std::string region = {};  ///< "eu-west-1"
    std::string service = {}; ///< "ec2"
};

/// "https" and the host of a service in the scope's region.
[[nodiscard]] std::string origin_of(const SigningScope& scope);

/// The steps of AWS Signature Version 4, each as AWS documents it and publishes test vectors for. `target` is a path and
/// a query as they go on the wire; the path is taken as it is, which is right for every service but S3's siblings that
/// want it encoded twice or normalised: here it is "/" always.
[[nodiscard]] std::string canonical_request_of(const HttpRequest& request);
/// "20150830T123600Z"
[[nodiscard]] std::string amz_date_of(WallTime time);
[[nodiscard]] std::string string_to_sign(std::string_view canonical_request, const SigningScope& scope, WallTime time);
/// 64 hexadecimal digits.
[[nodiscard]] std::string signature_of(std::string_view to_sign, const AwsCredentials& credentials,
                                       const SigningScope& scope, WallTime time);

/// Adds `host`, `x-amz-date`, `x-amz-security-token` where there is one, and `authorization`; all headers that are there
/// are signed.
void sign(HttpRequest& request, const AwsCredentials& credentials, const SigningScope& scope, WallTime time);

} // namespace linkspan::takeover
