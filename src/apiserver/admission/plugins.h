// The one table of admission plugins.
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_PLUGINS_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_PLUGINS_H_

#include "src/apiserver/admission/admission.h"
#include "src/apiserver/auth/authorizer_chain.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

// In the order in which they run, which is kube-apiserver's. What they are given
// outlives them.
AdmissionPlugins MakeAdmissionPlugins(const ResourceTable& resources, const Cacher& cacher,
                                      const AuthorizerChain& authorizer);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_PLUGINS_H_
