// The forms that the store of a real server can have, by name.
#ifndef DRYDOCK_REAL_SERVER_STORE_FACTORY_H_
#define DRYDOCK_REAL_SERVER_STORE_FACTORY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/rt/env.h"
#include "src/store/store.h"

namespace drydock::real {

struct StoreForm {
  std::unique_ptr<store::Store> store;
  bool durable = false;  // Whether what was acknowledged outlives the process.
};

// `name`: "memory". `folder` is the server's, for forms that keep files. `env` and `codec`
// outlive the store.
absl::StatusOr<StoreForm> MakeStore(absl::string_view name, const std::string& folder, rt::Env& env,
                                    const store::ValueCodec& codec);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_SERVER_STORE_FACTORY_H_
