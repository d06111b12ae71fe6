// Facts: plugin/pkg/admission/noderestriction.
#include "src/apiserver/admission/node_restriction.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/message_bytes.h"
#include "src/api/status.h"
#include "src/apiserver/auth/node_authorizer.h"
#include "src/apiserver/auth/pod_references.h"

namespace drydock::apiserver {
namespace {

constexpr char kMirror[] = "kubernetes.io/config.mirror";
constexpr absl::string_view kReservedLabels = "node-restriction.kubernetes.io/";

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text, "\""); }

// Why a kubelet may not make the pod; empty when it may.
std::string RefusePod(const api::Pod& pod, absl::string_view node) {
  const std::string who = absl::StrCat("node ", Quoted(node));
  if (!api::Contains(pod.metadata().annotations(), kMirror)) {
    return absl::StrCat("pod does not have ", Quoted(kMirror), " annotation, ", who,
                        " can only create mirror pods");
  }
  if (pod.spec().node_name() != node) {
    return absl::StrCat(who, " can only create pods with spec.nodeName set to itself");
  }
  const std::string reference = absl::StrCat(who, " can not create pods that reference ");
  if (!pod.spec().service_account_name().empty()) return reference + "a service account";
  if (NamesSecret(pod, "")) return reference + "secrets";
  if (NamesConfigMap(pod, "")) return reference + "configmaps";
  if (NamesClaim(pod, "")) return reference + "persistentvolumeclaims";
  for (const api::Volume& volume : pod.spec().volumes()) {
    for (const auto& source : volume.volume_source().projected().sources()) {
      if (source.has_service_account_token()) return reference + "serviceaccounts";
    }
  }
  return "";
}

// The labels by which workloads are kept to certain nodes, and the taints, are not the
// node's to change.
std::string RefuseNodeUpdate(const api::Node& node, const api::Node& before) {
  const auto differs = [](const api::StringMap& some, const api::StringMap& others) {
    for (const api::StringEntry& entry : some) {
      if (!absl::StrContains(entry.key(), kReservedLabels)) continue;
      const std::string* const other = api::Find(others, entry.key());
      if (other == nullptr || *other != entry.value()) return true;
    }
    return false;
  };
  const std::string who = absl::StrCat("node ", Quoted(node.metadata().name()));
  if (differs(node.metadata().labels(), before.metadata().labels()) ||
      differs(before.metadata().labels(), node.metadata().labels())) {
    return absl::StrCat("is not allowed to modify labels: ", kReservedLabels);
  }
  const auto& taints = node.spec().taints();
  const auto& taints_before = before.spec().taints();
  bool same = taints.size() == taints_before.size();
  for (int i = 0; same && i < taints.size(); ++i) {
    same = api::SameContent(taints[i], taints_before[i]);
  }
  return same ? "" : absl::StrCat(who, " is not allowed to modify taints");
}

}  // namespace

bool NodeRestriction::Handles(const Resource& resource, Operation operation,
                              absl::string_view subresource) const {
  if (!subresource.empty()) return false;
  if (resource.group().empty() && resource.plural() == "nodes") {
    return operation != Operation::kDelete;
  }
  if (operation != Operation::kCreate) return false;
  return (resource.group().empty() && resource.plural() == "pods") ||
         (resource.group() == "coordination.k8s.io" && resource.plural() == "leases");
}

absl::Status NodeRestriction::Validate(const Attributes& attributes) {
  const std::optional<absl::string_view> node = NodeOf(attributes.user);
  if (!node.has_value()) return absl::OkStatus();
  const Resource& resource = attributes.resource;
  const std::string& name = api::MetadataOf(*attributes.object).name();
  std::string why;
  if (resource.plural() == "pods") {
    why = RefusePod(static_cast<const api::Pod&>(*attributes.object), *node);
  } else if (resource.plural() == "leases") {
    if (name != *node) why = "can only access node lease with the same name as the requesting node";
  } else if (name != *node) {
    why = absl::StrCat("node ", Quoted(*node), " is not allowed to modify node ", Quoted(name));
  } else if (attributes.before != nullptr) {
    why = RefuseNodeUpdate(static_cast<const api::Node&>(*attributes.object),
                           static_cast<const api::Node&>(*attributes.before));
  }
  if (why.empty()) return absl::OkStatus();
  return api::Forbidden(resource.group(), resource.plural(), name, why);
}

}  // namespace drydock::apiserver
