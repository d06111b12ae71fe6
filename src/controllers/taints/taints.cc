// Matching and changing taints.
#include "src/controllers/taints/taints.h"

#include <algorithm>
#include <utility>

#include "src/api/status.h"
#include "src/api/time.h"

namespace drydock::controllers {
namespace {

constexpr int kAttempts = 5;

bool Contains(const std::vector<TaintId>& ids, const api::Taint& taint) {
  return std::any_of(ids.begin(), ids.end(), [&taint](const TaintId& id) {
    return id.key == taint.key() && id.effect == taint.effect();
  });
}

// Whether it changed anything.
bool Change(const std::vector<TaintId>& add, const std::vector<TaintId>& remove, absl::Time now,
            google::protobuf::RepeatedPtrField<api::Taint>* taints) {
  bool changed = false;
  for (int i = taints->size() - 1; i >= 0; --i) {
    if (!Contains(remove, taints->Get(i))) continue;
    taints->DeleteSubrange(i, 1);
    changed = true;
  }
  for (const TaintId& id : add) {
    const bool there = std::any_of(taints->begin(), taints->end(), [&id](const api::Taint& taint) {
      return taint.key() == id.key && taint.effect() == id.effect;
    });
    if (there) continue;
    api::Taint& taint = *taints->Add();
    taint.set_key(id.key);
    taint.set_effect(id.effect);
    *taint.mutable_time_added() = api::MakeTime(now);
    changed = true;
  }
  return changed;
}

}  // namespace

bool HasTaint(const api::Node& node, absl::string_view key, absl::string_view effect) {
  return std::any_of(
      node.spec().taints().begin(), node.spec().taints().end(),
      [&](const api::Taint& taint) { return taint.key() == key && taint.effect() == effect; });
}

bool Tolerates(const api::Toleration& toleration, const api::Taint& taint) {
  if (!toleration.effect().empty() && toleration.effect() != taint.effect()) return false;
  if (!toleration.key().empty() && toleration.key() != taint.key()) return false;
  if (toleration.operator_() == "Exists") return true;
  if (!toleration.operator_().empty() && toleration.operator_() != "Equal") return false;
  return !toleration.key().empty() && toleration.value() == taint.value();
}

absl::Duration ToleratedFor(const google::protobuf::RepeatedPtrField<api::Toleration>& tolerations,
                            const std::vector<api::Taint>& taints) {
  absl::Duration allowed = absl::InfiniteDuration();
  for (const api::Taint& taint : taints) {
    // The first toleration that fits decides, as in Kubernetes.
    const auto used = std::find_if(
        tolerations.begin(), tolerations.end(),
        [&taint](const api::Toleration& toleration) { return Tolerates(toleration, taint); });
    if (used == tolerations.end()) return absl::ZeroDuration();
    if (!used->has_toleration_seconds()) continue;
    allowed = std::min(allowed,
                       std::max(absl::ZeroDuration(), absl::Seconds(used->toleration_seconds())));
  }
  return allowed;
}

rt::Task<absl::Status> ChangeTaints(client::Client& client, client::Informer<api::Node> nodes,
                                    std::string node, std::vector<TaintId> add,
                                    std::vector<TaintId> remove) {
  api::Ref<api::Node> current = nodes.Get("", node);
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0 || !current) {
      absl::StatusOr<api::Ref<api::Node>> live = co_await client.Get<api::Node>("", node);
      if (!live.ok()) co_return live.status();
      current = *std::move(live);
    }
    api::Node changed = *current;
    const absl::Time now = client.env().executor().WallNow();
    if (!Change(add, remove, now, changed.mutable_spec()->mutable_taints())) {
      co_return absl::OkStatus();
    }
    absl::StatusOr<api::Ref<api::Node>> updated = co_await client.Update(std::move(changed));
    status = updated.status();
    if (!api::IsConflict(status)) co_return status;
  }
  co_return status;
}

}  // namespace drydock::controllers
