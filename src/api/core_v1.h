// All of core/v1. It is slow to compile: include the header of the part you need, such as
// src/api/core/v1/pod.h, where that is enough.
#ifndef DRYDOCK_SRC_API_CORE_V1_H_
#define DRYDOCK_SRC_API_CORE_V1_H_

#include "src/api/core/v1/config.h"                  // IWYU pragma: export
#include "src/api/core/v1/event.h"                   // IWYU pragma: export
#include "src/api/core/v1/namespace.h"               // IWYU pragma: export
#include "src/api/core/v1/node.h"                    // IWYU pragma: export
#include "src/api/core/v1/persistent_volume.h"       // IWYU pragma: export
#include "src/api/core/v1/pod.h"                     // IWYU pragma: export
#include "src/api/core/v1/quota.h"                   // IWYU pragma: export
#include "src/api/core/v1/replication_controller.h"  // IWYU pragma: export
#include "src/api/core/v1/selection.h"               // IWYU pragma: export
#include "src/api/core/v1/service.h"                 // IWYU pragma: export
#include "src/api/core/v1/volume.h"                  // IWYU pragma: export

#endif  // DRYDOCK_SRC_API_CORE_V1_H_
