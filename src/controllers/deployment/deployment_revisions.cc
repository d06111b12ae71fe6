// Templates, hashes, revision annotations.
#include "src/controllers/deployment/deployment_revisions.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "src/api/maps.h"
#include "src/controllers/common/controller_ref.h"
#include "src/controllers/common/safe_encode.h"

namespace drydock::controllers {
namespace {

constexpr size_t kMaxHistoryLength = 2000;
// A ReplicaSet's name leaves room for its pods' suffixes in a label's 63 characters.
constexpr size_t kMaxBaseName = 63 - 16;

// What belongs to one object alone and is not handed on.
constexpr std::array<absl::string_view, 6> kOwnAnnotations = {
    "kubectl.kubernetes.io/last-applied-configuration",
    kRevision,
    kRevisionHistory,
    kDesiredReplicas,
    kMaxReplicas,
    "deprecated.deployment.rollback.to",
};

bool SameEntries(const api::StringMap& a, const api::StringMap& b, absl::string_view but_for) {
  auto left = a.begin();
  auto right = b.begin();
  for (;;) {
    while (left != a.end() && left->key() == but_for) ++left;
    while (right != b.end() && right->key() == but_for) ++right;
    if (left == a.end() || right == b.end()) return left == a.end() && right == b.end();
    if (left->key() != right->key() || left->value() != right->value()) return false;
    ++left;
    ++right;
  }
}

bool SetAnnotation(absl::string_view key, absl::string_view value, api::ReplicaSet* set) {
  const std::string* const present = api::Find(set->metadata().annotations(), key);
  if (present != nullptr && *present == value) return false;
  api::Set(set->mutable_metadata()->mutable_annotations(), key, value);
  return true;
}

// Appends `revision`, dropping the oldest entries where it would get too long.
std::string ExtendHistory(absl::string_view history, absl::string_view revision) {
  if (history.empty()) return std::string(revision);
  std::vector<absl::string_view> revisions = absl::StrSplit(history, ',');
  size_t length = history.size() + 1 + revision.size();
  size_t first = 0;
  while (length > kMaxHistoryLength && first < revisions.size()) {
    length -= revisions[first].size() + 1;
    ++first;
  }
  revisions.erase(revisions.begin(), revisions.begin() + first);
  revisions.push_back(revision);
  return absl::StrJoin(revisions, ",");
}

}  // namespace

bool IsOlder(const api::ReplicaSet& a, const api::ReplicaSet& b) {
  const int64_t created_a = a.metadata().creation_timestamp().seconds();
  const int64_t created_b = b.metadata().creation_timestamp().seconds();
  if (created_a != created_b) return created_a < created_b;
  return a.metadata().name() < b.metadata().name();
}

bool SameTemplate(const api::PodTemplateSpec& a, const api::PodTemplateSpec& b) {
  if (!SameEntries(a.metadata().labels(), b.metadata().labels(), kPodTemplateHash)) return false;
  if (!SameEntries(a.metadata().annotations(), b.metadata().annotations(), "")) return false;
  if (a.spec().ByteSizeLong() != b.spec().ByteSizeLong()) return false;
  return a.spec().SerializePartialAsString() == b.spec().SerializePartialAsString();
}

bool TemplateMemo::Matches(const api::Deployment& deployment, const api::ReplicaSet& set) {
  Known& known = known_[set.metadata().uid()];
  if (known.deployment_uid != deployment.metadata().uid() ||
      known.deployment_generation != deployment.metadata().generation() ||
      known.set_generation != set.metadata().generation() ||
      deployment.metadata().generation() == 0 || set.metadata().generation() == 0) {
    known.deployment_uid = deployment.metadata().uid();
    known.deployment_generation = deployment.metadata().generation();
    known.set_generation = set.metadata().generation();
    known.matches = SameTemplate(deployment.spec().template_(), set.spec().template_());
  }
  return known.matches;
}

std::string TemplateHash(const api::PodTemplateSpec& pod_template, int32_t collisions) {
  return SafeEncode(Fnv32(absl::StrCat(pod_template.SerializePartialAsString(),
                                       collisions == 0 ? "" : absl::StrCat(collisions))));
}

int64_t RevisionOf(const api::ReplicaSet& set) {
  const std::string* const text = api::Find(set.metadata().annotations(), kRevision);
  int64_t revision = 0;
  if (text == nullptr || !absl::SimpleAtoi(*text, &revision)) return 0;
  return revision;
}

int64_t MaxRevision(const ReplicaSets& sets) {
  int64_t max = 0;
  for (const ReplicaSetRef& set : sets) max = std::max(max, RevisionOf(*set));
  return max;
}

api::ReplicaSet NewReplicaSet(const api::Deployment& deployment) {
  const std::string hash =
      TemplateHash(deployment.spec().template_(), deployment.status().collision_count());
  api::ReplicaSet set;
  api::ReplicaSetSpec* const spec = set.mutable_spec();
  *spec->mutable_template_() = deployment.spec().template_();
  api::Set(spec->mutable_template_()->mutable_metadata()->mutable_labels(), kPodTemplateHash, hash);
  *spec->mutable_selector() = deployment.spec().selector();
  api::Set(spec->mutable_selector()->mutable_match_labels(), kPodTemplateHash, hash);
  spec->set_replicas(0);
  spec->set_min_ready_seconds(deployment.spec().min_ready_seconds());
  api::ObjectMeta* const metadata = set.mutable_metadata();
  metadata->set_name(absl::StrCat(deployment.metadata().name().substr(0, kMaxBaseName), "-", hash));
  metadata->set_namespace_(deployment.metadata().namespace_());
  *metadata->mutable_labels() = spec->template_().metadata().labels();
  *metadata->add_owner_references() = NewControllerRef(deployment.metadata(), kDeploymentKind);
  return set;
}

bool AnnotateNewSet(const api::Deployment& deployment, int64_t revision, bool exists,
                    api::ReplicaSet* set) {
  bool changed = false;
  for (const api::StringEntry& entry : deployment.metadata().annotations()) {
    if (std::find(kOwnAnnotations.begin(), kOwnAnnotations.end(), entry.key()) !=
        kOwnAnnotations.end()) {
      continue;
    }
    changed |= SetAnnotation(entry.key(), entry.value(), set);
  }
  const std::string* const present = api::Find(set->metadata().annotations(), kRevision);
  const std::string replaced = present == nullptr ? "" : *present;
  if (RevisionOf(*set) < revision) {
    changed |= SetAnnotation(kRevision, absl::StrCat(revision), set);
    if (!replaced.empty()) {
      const std::string* const history = api::Find(set->metadata().annotations(), kRevisionHistory);
      SetAnnotation(kRevisionHistory, ExtendHistory(history == nullptr ? "" : *history, replaced),
                    set);
    }
  }
  if (!exists) changed |= AnnotateSize(deployment, set);
  return changed;
}

bool AnnotateSize(const api::Deployment& deployment, api::ReplicaSet* set) {
  const int32_t replicas = deployment.spec().replicas();
  const bool desired = SetAnnotation(kDesiredReplicas, absl::StrCat(replicas), set);
  const bool max = SetAnnotation(kMaxReplicas, absl::StrCat(replicas + MaxSurge(deployment)), set);
  return desired || max;
}

}  // namespace drydock::controllers
