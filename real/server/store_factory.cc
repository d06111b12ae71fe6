#include "real/server/store_factory.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "real/disk/posix_disk.h"
#include "src/store/memory_store.h"

namespace drydock::real {
namespace {

absl::StatusOr<StoreForm> OpenSqlite(const std::string& folder, rt::Env& env,
                                     const store::ValueCodec& codec) {
  absl::StatusOr<std::unique_ptr<PosixDisk>> disk = PosixDisk::Open(folder);
  if (!disk.ok()) return disk.status();
  absl::StatusOr<std::unique_ptr<store::SqliteStore>> store =
      store::SqliteStore::Open(env.executor(), env.NewRandom("store"), **disk, codec);
  if (!store.ok()) return store.status();
  StoreForm form{.disk = *std::move(disk)};
  form.durable = store->get();
  form.store = *std::move(store);
  return form;
}

}  // namespace

absl::StatusOr<StoreForm> MakeStore(absl::string_view name, const std::string& folder, rt::Env& env,
                                    const store::ValueCodec& codec) {
  if (name == "sqlite") return OpenSqlite(folder, env, codec);
  if (name == "memory") {
    return StoreForm{.store = std::make_unique<store::MemoryStore>(env.executor(), codec)};
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--store: expected sqlite or memory, got \"", name, "\""));
}

}  // namespace drydock::real
