// Defaults of pods and of the pod templates in other objects.
#ifndef DRYDOCK_SRC_API_DEFAULTS_POD_DEFAULTS_H_
#define DRYDOCK_SRC_API_DEFAULTS_POD_DEFAULTS_H_

#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"

namespace drydock::api {

void DefaultPod(Pod* pod);
void DefaultPodSpec(PodSpec* spec);  // In a template.
void DefaultPersistentVolumeClaimSpec(PersistentVolumeClaimSpec* spec);

// Amounts finer than a thousandth are rounded up.
void RoundToMilli(ResourceMap* resources);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_DEFAULTS_POD_DEFAULTS_H_
