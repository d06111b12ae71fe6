// The forms that the store of a real server can have, by name.
#ifndef DRYDOCK_REAL_SERVER_STORE_FACTORY_H_
#define DRYDOCK_REAL_SERVER_STORE_FACTORY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/rt/disk.h"
#include "src/rt/env.h"
#include "src/store/sqlite/sqlite_store.h"
#include "src/store/store.h"

namespace drydock::real {

struct StoreForm {
  std::unique_ptr<rt::Disk> disk;  // Of a form with files; dies after the store.
  std::unique_ptr<store::Store> store;
  // The same store, if it keeps what was acknowledged over the end of the process; else null.
  store::SqliteStore* durable = nullptr;
};

// `name`: "sqlite" (a file in `folder`, the server's) or "memory". `env` and `codec` outlive
// the store. kFailedPrecondition: another process serves from the folder; the message names it.
absl::StatusOr<StoreForm> MakeStore(absl::string_view name, const std::string& folder, rt::Env& env,
                                    const store::ValueCodec& codec);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_SERVER_STORE_FACTORY_H_
