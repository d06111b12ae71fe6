#include "src/api/openapi/served.h"

#include "src/rt/check.h"

namespace drydock::api {
namespace {

// A subresource whose body is of a kind of its own, or is the resource itself.
struct Rule {
  const char* name;
  const char* group = nullptr;  // Null: the resource's own kind, or none.
  const char* version = nullptr;
  const char* kind = nullptr;
  bool text = false;
  std::vector<absl::string_view> verbs;
};

const std::vector<Rule>& Rules() {
  static const std::vector<Rule>* const rules = new std::vector<Rule>{
      {.name = "approval", .verbs = {"get", "patch", "update"}},
      {.name = "binding", .group = "", .version = "v1", .kind = "Binding", .verbs = {"create"}},
      {.name = "ephemeralcontainers", .verbs = {"get", "patch", "update"}},
      {.name = "eviction",
       .group = "policy",
       .version = "v1",
       .kind = "Eviction",
       .verbs = {"create"}},
      {.name = "finalize", .verbs = {"update"}},
      {.name = "log", .text = true, .verbs = {"get"}},
      {.name = "resize", .verbs = {"get", "patch", "update"}},
      {.name = "scale",
       .group = "autoscaling",
       .version = "v1",
       .kind = "Scale",
       .verbs = {"get", "patch", "update"}},
      {.name = "status", .verbs = {"get", "patch", "update"}},
      {.name = "token",
       .group = "authentication.k8s.io",
       .version = "v1",
       .kind = "TokenRequest",
       .verbs = {"create"}},
  };
  return *rules;
}

ServedSubresource Subresource(const Rule& rule, const KindInfo& resource) {
  ServedSubresource served = {.name = rule.name, .kind = nullptr, .verbs = rule.verbs};
  if (rule.kind != nullptr) {
    served.kind = FindKind(rule.group, rule.version, rule.kind);
    DRYDOCK_CHECK(served.kind != nullptr, rule.kind);
  } else if (!rule.text) {
    served.kind = &resource;
  }
  return served;
}

}  // namespace

std::vector<ServedResource> ServedByScheme() {
  std::vector<ServedResource> all;
  for (const KindInfo& kind : AllKinds()) {
    if (kind.resource.empty()) continue;
    ServedResource& served = all.emplace_back();
    served.kind = &kind;
    served.verbs = {"create"};
    if (kind.stored) {
      served.verbs = {"create", "delete", "deletecollection", "get",
                      "list",   "patch",  "update",           "watch"};
    }
    for (const absl::string_view name : kind.subresources) {
      for (const Rule& rule : Rules()) {
        if (name == rule.name) served.subresources.push_back(Subresource(rule, kind));
      }
    }
  }
  return all;
}

}  // namespace drydock::api
