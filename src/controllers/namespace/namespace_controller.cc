// Empties and finalizes namespaces.
#include "src/controllers/namespace/namespace_controller.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/status.h"
#include "src/api/time.h"

namespace drydock::controllers {
namespace {

constexpr int kWorkers = 10;  // --concurrent-namespace-syncs
constexpr char kFinalizer[] = "kubernetes";

bool HasFinalizer(const api::Namespace& ns) {
  const auto& finalizers = ns.spec().finalizers();
  return std::find(finalizers.begin(), finalizers.end(), kFinalizer) != finalizers.end();
}

// Whether it changed anything.
bool SetCondition(const std::string& type, bool status, const std::string& reason,
                  const std::string& message, absl::Time now, api::NamespaceStatus* to) {
  const char* value = status ? "True" : "False";
  api::NamespaceCondition* condition = nullptr;
  for (api::NamespaceCondition& candidate : *to->mutable_conditions()) {
    if (candidate.type() == type) condition = &candidate;
  }
  if (condition == nullptr) {
    condition = to->add_conditions();
    condition->set_type(type);
  } else if (condition->status() == value && condition->reason() == reason &&
             condition->message() == message) {
    return false;
  }
  if (condition->status() != value) {
    *condition->mutable_last_transition_time() = api::MakeTime(now);
  }
  condition->set_status(value);
  condition->set_reason(reason);
  condition->set_message(message);
  return true;
}

}  // namespace

NamespaceController::NamespaceController(rt::Env& env, client::Client& client,
                                         client::InformerFactory& informers)
    : env_(env),
      client_(client),
      namespaces_(informers.For<api::Namespace>()),
      controller_(env, "namespace", *this, kWorkers) {
  for (const api::KindInfo& kind : api::AllKinds()) {
    if (kind.namespaced && kind.stored && !kind.resource.empty()) kinds_.push_back(&kind);
  }
  const auto enqueue = [this](const client::ObjectRef& object) {
    const api::Ref<api::Namespace> ns(object);
    if (!ns->metadata().has_deletion_timestamp()) return;
    controller_.queue().Add({"", ns->metadata().name()});
  };
  namespaces_.core().AddHandler({
      .on_add = enqueue,
      .on_update = [enqueue](const client::ObjectRef& before,
                             const client::ObjectRef& after) { enqueue(after); },
      .on_delete = nullptr,
  });
}

rt::Task<absl::Status> NamespaceController::Reconcile(client::ObjectKey key) {
  api::Ref<api::Namespace> ns = namespaces_.Get(key);
  if (!ns || !ns->metadata().has_deletion_timestamp() || !HasFinalizer(*ns)) {
    co_return absl::OkStatus();
  }
  ++metrics_.passes;
  const Remains remains = co_await DeleteContent(key.name);
  absl::StatusOr<api::Ref<api::Namespace>> updated = co_await UpdateConditions(ns, remains);
  if (!updated.ok()) {
    if (api::IsNotFound(updated.status())) co_return absl::OkStatus();
    co_return updated.status();
  }
  if (!remains.errors.empty()) {
    co_return absl::InternalError(absl::StrJoin(remains.errors, "; "));
  }
  if (!remains.resources.empty()) {
    // Half of the time that the slowest may take: grace periods often end early.
    controller_.queue().AddAfter(key, remains.estimate / 2 + absl::Seconds(1));
    co_return absl::OkStatus();
  }
  const absl::Status finalized = co_await Finalize(*updated);
  if (api::IsNotFound(finalized)) co_return absl::OkStatus();
  if (finalized.ok()) ++metrics_.finalized;
  co_return finalized;
}

rt::Task<NamespaceController::Remains> NamespaceController::DeleteContent(std::string ns) {
  Remains remains;
  for (const api::KindInfo* kind : kinds_) {
    const absl::Status status = co_await DeleteKind(*kind, ns, remains);
    if (!status.ok()) remains.errors.push_back(std::string(status.message()));
  }
  co_return remains;
}

rt::Task<absl::Status> NamespaceController::DeleteKind(const api::KindInfo& kind, std::string ns,
                                                       Remains& remains) {
  absl::StatusOr<rt::Ref<const api::Response>> list = co_await client_.List(kind, ns, {});
  // The scheme has kinds that the server does not serve: other versions of the same objects.
  if (api::IsNotFound(list.status())) co_return absl::OkStatus();
  if (!list.ok()) co_return list.status();
  if ((*list)->items.empty()) co_return absl::OkStatus();
  client::DeleteOptions options;
  options.propagation = api::Propagation::kBackground;
  const absl::Status deleted = co_await client_.DeleteCollection(kind, ns, {}, options);
  if (!deleted.ok() && !api::IsNotFound(deleted)) co_return deleted;

  list = co_await client_.List(kind, ns, {});
  if (!list.ok()) co_return list.status();
  if ((*list)->items.empty()) co_return absl::OkStatus();
  remains.resources[absl::StrCat(kind.resource, ".", kind.group)] =
      static_cast<int>((*list)->items.size());
  for (const api::ObjectRef& object : (*list)->items) {
    const api::ObjectMeta& metadata = object->metadata();
    for (const std::string& finalizer : metadata.finalizers()) ++remains.finalizers[finalizer];
    remains.estimate =
        std::max(remains.estimate, absl::Seconds(metadata.deletion_grace_period_seconds()));
  }
  co_return absl::OkStatus();
}

rt::Task<absl::StatusOr<api::Ref<api::Namespace>>> NamespaceController::UpdateConditions(
    api::Ref<api::Namespace> ns, const Remains& remains) {
  api::NamespaceStatus status = ns->status();
  const absl::Time now = env_.executor().WallNow();
  const std::string all_gone = "All content successfully removed";
  bool changed = SetCondition("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
                              "All resources successfully discovered", now, &status);
  changed |=
      SetCondition("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                   "All legacy kube types successfully parsed", now, &status);
  changed |= SetCondition(
      "NamespaceDeletionContentFailure", !remains.errors.empty(),
      remains.errors.empty() ? "ContentDeleted" : "ContentDeletionFailed",
      remains.errors.empty()
          ? "All content successfully deleted, may be waiting on finalization"
          : absl::StrCat("Failed to delete all resource types, ", remains.errors.size(),
                         " remaining: ", absl::StrJoin(remains.errors, ", ")),
      now, &status);
  std::string left = all_gone;
  if (!remains.resources.empty()) {
    left = absl::StrCat(
        "Some resources are remaining: ",
        absl::StrJoin(remains.resources, ", ", [](std::string* out, const auto& entry) {
          absl::StrAppend(out, entry.first, " has ", entry.second, " resource instances");
        }));
  }
  changed |= SetCondition("NamespaceContentRemaining", !remains.resources.empty(),
                          remains.resources.empty() ? "ContentRemoved" : "SomeResourcesRemain",
                          left, now, &status);
  std::string held = "All content-preserving finalizers finished";
  if (!remains.finalizers.empty()) {
    held = absl::StrCat(
        "Some content in the namespace has finalizers remaining: ",
        absl::StrJoin(remains.finalizers, ", ", [](std::string* out, const auto& entry) {
          absl::StrAppend(out, entry.first, " in ", entry.second, " resource instances");
        }));
  }
  changed |=
      SetCondition("NamespaceFinalizersRemaining", !remains.finalizers.empty(),
                   remains.finalizers.empty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
                   held, now, &status);
  if (!changed) co_return ns;
  api::MessagePtr copy = api::CopyWithoutSpec(*ns.object());
  *static_cast<api::Namespace&>(*copy).mutable_status() = std::move(status);
  absl::StatusOr<api::ObjectRef> updated = co_await client_.UpdateSubresource(
      api::MakeObjectSharingSpec(std::move(copy), ns.object()), "status");
  if (!updated.ok()) co_return updated.status();
  co_return api::Ref<api::Namespace>(*updated);
}

rt::Task<absl::Status> NamespaceController::Finalize(api::Ref<api::Namespace> ns) {
  api::Namespace finalized = *ns;
  google::protobuf::RepeatedPtrField<std::string>& finalizers =
      *finalized.mutable_spec()->mutable_finalizers();
  for (int i = finalizers.size() - 1; i >= 0; --i) {
    if (finalizers.Get(i) == kFinalizer) finalizers.DeleteSubrange(i, 1);
  }
  absl::StatusOr<api::ObjectRef> updated = co_await client_.UpdateSubresource(
      api::MakeObject(std::move(finalized)).object(), "finalize");
  co_return updated.status();
}

}  // namespace drydock::controllers
