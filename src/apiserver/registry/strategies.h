// The one table of kinds with a strategy of their own.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_STRATEGIES_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_STRATEGIES_H_

#include <memory>

#include "src/apiserver/options.h"
#include "src/apiserver/registry/strategy.h"
#include "src/apiserver/resource.h"
#include "src/rt/env.h"

namespace drydock::apiserver {

// Null: the rule is enough.
std::unique_ptr<Strategy> MakeStrategy(const Resource& resource, rt::Env& env,
                                       const ServerOptions& options);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_STRATEGIES_H_
