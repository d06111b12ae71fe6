// Which plugins there are. A new one is a file and a line here.
#include "src/apiserver/admission/plugins.h"

#include "src/apiserver/admission/default_toleration_seconds.h"
#include "src/apiserver/admission/namespace_lifecycle.h"
#include "src/apiserver/admission/node_restriction.h"
#include "src/apiserver/admission/priority.h"
#include "src/apiserver/admission/rbac_escalation.h"

namespace drydock::apiserver {

AdmissionPlugins MakeAdmissionPlugins(const ResourceTable& resources, const Cacher& cacher,
                                      const AuthorizerChain& authorizer) {
  AdmissionPlugins plugins;
  plugins.push_back(std::make_unique<NamespaceLifecycle>());
  plugins.push_back(std::make_unique<Priority>(resources, cacher));
  plugins.push_back(std::make_unique<DefaultTolerationSeconds>());
  if (authorizer.has_node()) plugins.push_back(std::make_unique<NodeRestriction>());
  if (authorizer.rbac() != nullptr) plugins.push_back(std::make_unique<RbacEscalation>(authorizer));
  return plugins;
}

}  // namespace drydock::apiserver
