// One line, overwritten in place.
#include "sim/run/progress.h"

#include <cstdio>

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace drydock::sim {
namespace {

constexpr double kInterval = 0.1;  // Seconds.

}  // namespace

std::string FormatClock(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration);
  if (seconds >= 3600) {
    return absl::StrFormat("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return absl::StrFormat("%02d:%02d", seconds / 60, seconds % 60);
}

std::string WithCommas(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

Progress::Progress(bool quiet) : shown_(!quiet && isatty(STDERR_FILENO) == 1) {}

void Progress::Update(absl::Duration virtual_now, absl::Duration virtual_end, uint64_t pods,
                      uint64_t events) {
  if (!shown_) return;
  const double now = watch_.Seconds();
  if (now - last_ < kInterval) return;
  const double interval = last_ < 0 ? now : now - last_;
  const double speed = absl::ToDoubleSeconds(virtual_now - last_virtual_) / interval;
  const double rate = static_cast<double>(events - last_events_) / interval;
  const std::string line =
      absl::StrFormat("  %s of %s virtual   %sx real time   %s pods   %.2f M events/s",
                      FormatClock(virtual_now), FormatClock(virtual_end),
                      WithCommas(static_cast<uint64_t>(speed)), WithCommas(pods), rate / 1e6);
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
  last_ = now;
  last_events_ = events;
  last_virtual_ = virtual_now;
  dirty_ = true;
}

void Progress::Clear() {
  if (!dirty_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  dirty_ = false;
}

}  // namespace drydock::sim
