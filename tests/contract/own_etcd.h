#pragma once

#include <string>
#include <sys/types.h>

namespace linkspan::test {

/// An etcd of one member on this thread's loopback, with its data in a folder that ends with it.
class OwnEtcd {
public:
    OwnEtcd();
    ~OwnEtcd();
    OwnEtcd(const OwnEtcd&) = delete;
    OwnEtcd& operator=(const OwnEtcd&) = delete;

    /// The capability that is missing, or "".
    [[nodiscard]] const std::string& missing() const { return missing_; }
    [[nodiscard]] std::string origin() const { return "http://127.0.0.1:12379"; }

private:
    std::string missing_ = {};
    std::string folder_ = {};
    pid_t pid_ = -1;
};

} // namespace linkspan::test
