// Facts: pkg/registry/rbac/rest/storage_rbac.go, pkg/controller/clusterroleaggregation,
// pkg/controller/serviceaccount.
#include "src/apiserver/auth/policy_keeper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "src/api/core/v1/config.h"
#include "src/api/message_bytes.h"
#include "src/api/rbac_v1.h"
#include "src/api/selectors.h"
#include "src/api/status.h"
#include "src/apiserver/auth/access.h"
#include "src/apiserver/auth/default_policy.h"
#include "src/apiserver/selection.h"

namespace drydock::apiserver {
namespace {

constexpr char kRbac[] = "rbac.authorization.k8s.io";
constexpr char kDefault[] = "default";
constexpr absl::Duration kRetryAfter = absl::Seconds(1);
constexpr absl::Duration kPatience = absl::Seconds(10);

using Rules = google::protobuf::RepeatedPtrField<api::PolicyRule>;

bool Same(const Rules& a, const Rules& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const api::PolicyRule& x, const api::PolicyRule& y) { return api::SameContent(x, y); });
}

const api::ClusterRole& RoleIn(const api::ObjectRef& object) {
  return static_cast<const api::ClusterRole&>(object->message());
}

// The rules of all roles that `to` selects, each once, in the order of the roles' names.
Rules RulesFor(const api::ClusterRole& to, const std::vector<api::ObjectRef>& roles) {
  Rules rules;
  for (const api::ObjectRef& object : roles) {
    const api::ClusterRole& role = RoleIn(object);
    if (role.metadata().name() == to.metadata().name()) continue;
    const auto& selectors = to.aggregation_rule().cluster_role_selectors();
    const bool selected =
        std::any_of(selectors.begin(), selectors.end(), [&](const api::LabelSelector& labels) {
          const absl::StatusOr<api::Selector> selector = api::Selector::From(labels);
          return selector.ok() && selector->Matches(role.metadata().labels());
        });
    if (!selected) continue;
    for (const api::PolicyRule& rule : role.rules()) {
      const bool known = std::any_of(
          rules.begin(), rules.end(),
          [&rule](const api::PolicyRule& other) { return api::SameContent(rule, other); });
      if (!known) *rules.Add() = rule;
    }
  }
  return rules;
}

}  // namespace

PolicyKeeper::PolicyKeeper(rt::Executor& executor, const ResourceTable& resources, Cacher& cacher,
                           Registry& registry, const AccessOptions& options)
    : executor_(executor),
      resources_(resources),
      cacher_(cacher),
      registry_(registry),
      rbac_(options.rbac),
      service_accounts_(options.default_service_accounts),
      changed_(executor) {
  if (rbac_) {
    cacher.For(*resources.Find(kRbac, "clusterroles"))
        .SetListener([this](const api::ObjectRef&, const api::ObjectRef&) {
          roles_changed_ = true;
          changed_.Raise();
        });
  }
  if (!service_accounts_) return;
  cacher.For(*resources.Find("", "namespaces"))
      .SetListener([this](const api::ObjectRef&, const api::ObjectRef& after) {
        if (!after) return;
        namespaces_.insert(after->metadata().name());
        changed_.Raise();
      });
  cacher.For(*resources.Find("", "serviceaccounts"))
      .SetListener([this](const api::ObjectRef& before, const api::ObjectRef& after) {
        if (!before || after || before->metadata().name() != kDefault) return;
        namespaces_.insert(before->metadata().namespace_());
        changed_.Raise();
      });
}

rt::Task<absl::Status> PolicyKeeper::Write(api::Verb verb, api::ObjectRef object) {
  api::Request request;
  request.verb = verb;
  request.kind = &object->kind();
  request.ns = object->metadata().namespace_();
  if (verb != api::Verb::kCreate) request.name = object->metadata().name();
  request.user = {.name = "system:apiserver", .groups = {kMastersGroup}, .uid = "", .extra = {}};
  request.object = std::move(object);
  const absl::StatusOr<Answer> answer = co_await registry_.Serve(request);
  if (!answer.ok()) co_return answer.status();
  written_ = std::max(written_, answer->response->revision);
  co_return absl::OkStatus();
}

rt::Task<absl::Status> PolicyKeeper::Settle() {
  const bool there = co_await cacher_.WaitFor(written_, kPatience);
  if (!there) co_return absl::DeadlineExceededError("the caches lag behind");
  co_return absl::OkStatus();
}

rt::Task<absl::Status> PolicyKeeper::Ensure(api::ObjectRef wanted) {
  const Resource* const resource = resources_.Find(wanted->kind());
  const api::metav1::ObjectMeta& metadata = wanted->metadata();
  const api::ObjectRef present = cacher_.For(*resource).Get(metadata.namespace_(), metadata.name());
  if (!present) {
    const absl::Status made = co_await Write(api::Verb::kCreate, wanted);
    // Another server of the cluster was first.
    co_return api::IsAlreadyExists(made) ? absl::OkStatus() : made;
  }
  api::MessagePtr completed = api::CopyMessage(present->message());
  if (!Complete(wanted->message(), completed.get())) co_return absl::OkStatus();
  co_return co_await Write(api::Verb::kUpdate,
                           api::MakeObject(*resource->kind, std::move(completed)));
}

rt::Task<absl::Status> PolicyKeeper::EstablishDefaults() {
  for (api::MessagePtr& message : DefaultPolicyObjects()) {
    const absl::Status ensured = co_await Ensure(api::MakeObject(std::move(message)));
    if (!ensured.ok()) co_return ensured;
  }
  co_return absl::OkStatus();
}

rt::Task<absl::Status> PolicyKeeper::Aggregate() {
  const WatchCache& cache = cacher_.For(*resources_.Find(kRbac, "clusterroles"));
  const std::vector<api::ObjectRef> roles = cache.List(Selection(""), 0).objects;
  for (const api::ObjectRef& object : roles) {
    const api::ClusterRole& role = RoleIn(object);
    if (!role.has_aggregation_rule()) continue;
    Rules rules = RulesFor(role, roles);
    if (Same(rules, role.rules())) continue;
    api::ClusterRole next = role;
    next.mutable_rules()->Swap(&rules);
    const absl::Status written =
        co_await Write(api::Verb::kUpdate, api::MakeObject(std::move(next)).object());
    // Gone, or changed meanwhile: its change brings us here again.
    if (!written.ok() && !api::IsConflict(written) && !api::IsNotFound(written)) co_return written;
  }
  co_return absl::OkStatus();
}

rt::Task<absl::Status> PolicyKeeper::MakeServiceAccount(const std::string& ns) {
  const api::ObjectRef object = cacher_.For(*resources_.Find("", "namespaces")).GetBySuffix(ns);
  if (!object || object->metadata().has_deletion_timestamp()) co_return absl::OkStatus();
  if (cacher_.For(*resources_.Find("", "serviceaccounts")).Get(ns, kDefault)) {
    co_return absl::OkStatus();
  }
  api::ServiceAccount account;
  account.mutable_metadata()->set_name(kDefault);
  account.mutable_metadata()->set_namespace_(ns);
  const absl::Status made =
      co_await Write(api::Verb::kCreate, api::MakeObject(std::move(account)).object());
  // The namespace is going, or it was made meanwhile.
  if (api::IsForbidden(made) || api::IsNotFound(made) || api::IsAlreadyExists(made)) {
    co_return absl::OkStatus();
  }
  co_return made;
}

rt::Task<absl::Status> PolicyKeeper::MakeServiceAccounts() {
  while (!namespaces_.empty()) {
    const std::string ns = *namespaces_.begin();
    namespaces_.erase(ns);  // Before: it may have to be looked at again meanwhile.
    const absl::Status made = co_await MakeServiceAccount(ns);
    if (made.ok()) continue;
    namespaces_.insert(ns);
    co_return made;
  }
  co_return absl::OkStatus();
}

rt::Task<absl::Status> PolicyKeeper::Establish() {
  if (rbac_) {
    const absl::Status established = co_await EstablishDefaults();
    if (!established.ok()) co_return established;
  }
  for (;;) {
    const absl::Status settled = co_await Settle();
    if (!settled.ok()) co_return settled;
    if (idle()) co_return absl::OkStatus();
    if (roles_changed_) {
      roles_changed_ = false;
      const absl::Status aggregated = co_await Aggregate();
      if (!aggregated.ok()) {
        roles_changed_ = true;
        co_return aggregated;
      }
    }
    const absl::Status made = co_await MakeServiceAccounts();
    if (!made.ok()) co_return made;
  }
}

rt::Task<> PolicyKeeper::Run() {
  for (;;) {
    while (idle()) co_await changed_.WaitUntil(absl::InfiniteDuration());
    absl::Status kept;
    if (roles_changed_) {
      roles_changed_ = false;
      kept = co_await Aggregate();
      if (!kept.ok()) roles_changed_ = true;
    }
    if (kept.ok()) kept = co_await MakeServiceAccounts();
    if (!kept.ok()) co_await executor_.SleepFor(kRetryAfter);
  }
}

}  // namespace drydock::apiserver
