// Any text as a quantity: no crash, and a canonical form is its own.
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "src/api/quantity.h"
#include "src/rt/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto canonical = drydock::api::CanonicalQuantity(text);
  if (!canonical.ok()) return 0;
  const auto again = drydock::api::CanonicalQuantity(*canonical);
  DRYDOCK_CHECK(again.ok() && *again == *canonical, *canonical);
  return 0;
}
