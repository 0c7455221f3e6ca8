#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "bus/report.h"
#include "egress/inspector.h"

namespace linkspan::agent {

/// What becomes of such packets of a host, by whose word, and what the target has open for it: addresses that a name which
/// may be used so has opened, and no others. Kind::Config where the question makes no sense. Pure.
[[nodiscard]] Result<bus::EgressWhy> why_of(const egress::Inspector& inspector, const bus::EgressQuestion& question,
                                            Monotonic now);

[[nodiscard]] bus::EgressLearned::Pin pin_of(const egress::LearnedPin& pin);

} // namespace linkspan::agent
