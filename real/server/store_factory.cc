#include "real/server/store_factory.h"

#include "absl/strings/str_cat.h"
#include "src/store/memory_store.h"

namespace drydock::real {

absl::StatusOr<StoreForm> MakeStore(absl::string_view name, const std::string& /*folder*/,
                                    rt::Env& env, const store::ValueCodec& codec) {
  if (name == "memory") {
    return StoreForm{.store = std::make_unique<store::MemoryStore>(env.executor(), codec)};
  }
  return absl::InvalidArgumentError(absl::StrCat("--store: expected memory, got \"", name, "\""));
}

}  // namespace drydock::real
