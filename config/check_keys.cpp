#include "config/check.h"

namespace linkspan::config {
namespace {

void refuse(const ConnectionDraft& draft, const Span& at, const std::string& key, Diagnostics& diagnostics)
{
    if (at.line != 0)
        add_error(diagnostics, draft, at, "`" + key + "` is of IKE, and a connection with `keys` has none",
                  "remove it, or use `psk` or `certificate` instead of `keys`");
}

void refuse_keys_of_ike(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    refuse(draft, draft.psk, "psk", diagnostics);
    refuse(draft, draft.certificate, "certificate", diagnostics);
    refuse(draft, draft.key, "key", diagnostics);
    refuse(draft, draft.ca, "ca", diagnostics);
    refuse(draft, draft.local_id, "local_id", diagnostics);
    refuse(draft, draft.remote_id, "remote_id", diagnostics);
    refuse(draft, draft.version, "version", diagnostics);
    refuse(draft, draft.aggressive, "aggressive", diagnostics);
    refuse(draft, draft.ike_lifetime, "ike_lifetime", diagnostics);
    refuse(draft, draft.child_lifetime, "child_lifetime", diagnostics);
    refuse(draft, draft.child_bytes, "child_bytes", diagnostics);
    refuse(draft, draft.child_packets, "child_packets", diagnostics);
    if (!draft.ike_proposals.empty()) refuse(draft, draft.ike_proposals.front(), "ike_proposals", diagnostics);
    if (!draft.esp_proposals.empty()) refuse(draft, draft.esp_proposals.front(), "esp_proposals", diagnostics);
}

} // namespace

void check_keys(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    if (draft.keys.line == 0 || draft.connection.backup_of) return;
    refuse_keys_of_ike(draft, diagnostics);
    if (draft.connection.selectors == Selectors::Each)
        add_error(diagnostics, draft, draft.selectors, "`selectors = \"each\"` needs an SA for each pair of networks",
                  "leave it out: with `keys` one SA carries all pairs");
    if (draft.backup.line != 0)
        add_error(diagnostics, draft, draft.backup, "a backup of a connection with `keys`",
                  "remove it: without IKE nothing tells whether the peer lives");
    add_warning(diagnostics, draft, draft.keys,
                "static keys: whoever learns one reads all that was ever sent under it, and nothing renews them",
                "use `psk` or `certificate` if the peer can speak IKE; else write new keys every few months "
                "(linkspan.toml(5), STATIC KEYS)");
    if (draft.connection.replay_window == 0)
        add_warning(diagnostics, draft, draft.replay_window,
                    "without a replay window recorded packets can be sent again", "leave `replay_window` out");
}

} // namespace linkspan::config
