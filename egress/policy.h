#pragma once

#include "egress/rule_index.h"
#include "egress/service_classes.h"
#include "egress/spec.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linkspan::egress {

/// What decided, for a person.
struct Decision {
    bool allowed = false;
    std::string tag = {};  ///< empty: no rule is about it
    std::string rule = {}; ///< as rules are written
    bool operator==(const Decision&) const = default;
};

/// The rules, made ready to be asked: which services a client may use of a name, and why. A name is denied what any rule
/// denies of the client's tags, whatever else allows it; of several that allow it, the most specific is the one that is
/// named. Rules about networks take no part: the kernel applies those without us.
class Policy {
public:
    explicit Policy(Spec spec);
    Policy(const Policy&) = delete; ///< what is made ready points into the spec
    Policy& operator=(const Policy&) = delete;

    [[nodiscard]] const Spec& spec() const { return spec_; }
    [[nodiscard]] const std::vector<std::vector<Stretch>>& classes() const { return classes_.classes; }

    /// The classes of services by which `client` may reach the addresses of `name`.
    [[nodiscard]] ClassSet allowed(const IpAddress& client, const DnsName& name) const;

    /// What becomes of a packet to an address of `name`, and by whose word. `ip_protocol` is IANA's number.
    [[nodiscard]] Decision decide(const IpAddress& client, const DnsName& name, std::uint8_t ip_protocol,
                                  std::uint16_t port) const;

    /// Whether a stream may say `said` at an address that was opened for `opened`: it is allowed, and by a rule about both.
    [[nodiscard]] bool same_rule(const IpAddress& client, const DnsName& said, const DnsName& opened,
                                 std::uint8_t ip_protocol, std::uint16_t port) const;

private:
    struct Rule {
        std::uint32_t tag = 0;
        bool deny = false;
        const EgressRule* rule = nullptr;
        const ClassSet* classes = nullptr;
    };
    struct Source {
        IpPrefix prefix = {};
        std::vector<std::uint32_t> tags = {}; ///< rising
    };

    void add(std::uint32_t tag, const std::vector<EgressRule>& rules, bool deny);
    [[nodiscard]] std::vector<std::uint32_t> tags_of(const IpAddress& client) const;
    /// The rules of the client's tags about the name, those that deny first, then the more specific first.
    [[nodiscard]] std::vector<const Rule*> rules_for(const IpAddress& client, const DnsName& name) const;

    Spec spec_;
    std::vector<Rule> rules_;
    std::vector<Source> sources_;
    ServiceClasses classes_;
    RuleIndex index_;
};

/// A policy is made once for all who ask it: tens of thousands of rules are milliseconds to copy. Two of the same spec are
/// the same.
class SharedPolicy {
public:
    SharedPolicy() : SharedPolicy(Spec{}) {}
    explicit SharedPolicy(Spec spec) : policy_(std::make_shared<const Policy>(std::move(spec))) {}

    const Policy& operator*() const { return *policy_; }
    const Policy* operator->() const { return policy_.get(); }
    bool operator==(const SharedPolicy& other) const
    {
        return policy_ == other.policy_ || policy_->spec() == other.policy_->spec();
    }

private:
    std::shared_ptr<const Policy> policy_; ///< never none
};

} // namespace linkspan::egress
