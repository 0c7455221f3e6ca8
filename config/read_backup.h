#pragma once

#include "config/read.h"

namespace linkspan::config {

/// Keys of [[connection]] that its backup has as well, or that are about the two of them.
void read_id(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_device(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_probe(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_preempt(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
/// Notes where the backup stands; it is read when its connection is whole (`add_backup`).
void read_backup(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);

/// The backup of the draft's last connection becomes a connection of its own: what is not written in its table is that
/// of the first. Two tunnels never share an inner address, an id, a device or a probe: those are written or made anew.
void add_backup(Reader& reader, const Value& value, Draft& into);

/// Does a backup have this key of its connection where its own table does not?
[[nodiscard]] bool is_inherited(std::string_view key);

/// "azure-hub+backup": no person's name has a plus sign in it.
[[nodiscard]] ConnectionName backup_name(const ConnectionName& primary);

} // namespace linkspan::config
