#pragma once

#include "config/read.h"

namespace linkspan::config {

/// The tables within [ha].
void read_exec(Reader& reader, const Key& key, const Value& value, HaDraft& into);
void read_aws(Reader& reader, const Key& key, const Value& value, HaDraft& into);
void read_azure(Reader& reader, const Key& key, const Value& value, HaDraft& into);
void read_etcd(Reader& reader, const Key& key, const Value& value, HaDraft& into);
void read_ha_secret(Reader& reader, const Key& key, const Value& value, HaDraft& into);

[[nodiscard]] KeyTable exec_keys();
[[nodiscard]] KeyTable aws_keys();
[[nodiscard]] KeyTable azure_keys();
[[nodiscard]] KeyTable etcd_keys();

} // namespace linkspan::config
