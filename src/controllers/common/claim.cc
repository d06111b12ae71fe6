// Patches of adoption and release, and the index of orphans.
#include "src/controllers/common/claim.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/api/time.h"

namespace drydock::controllers {
namespace {

constexpr char kOrphans[] = "orphans";

// Names, uids and kinds need no escapes: validation lets none of the characters
// through that JSON escapes.
std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text, "\""); }

std::string OrphansIn(absl::string_view ns) { return std::string(ns); }

std::string OrphansWith(absl::string_view ns, absl::string_view key, absl::string_view value) {
  return absl::StrCat(ns, "/", key, "=", value);
}

}  // namespace

std::string AdoptionPatch(const api::ObjectMeta& object, const api::ObjectMeta& owner,
                          const OwnerKind& kind) {
  const std::string finalizers =
      kind.finalizer.empty() ? "" : absl::StrCat(R"(,"finalizers":[)", Quoted(kind.finalizer), "]");
  return absl::StrCat(R"({"metadata":{"uid":)", Quoted(object.uid()), finalizers,
                      R"(,"ownerReferences":[{"apiVersion":)", Quoted(kind.api_version),
                      R"(,"kind":)", Quoted(kind.kind), R"(,"name":)", Quoted(owner.name()),
                      R"(,"uid":)", Quoted(owner.uid()),
                      R"(,"controller":true,"blockOwnerDeletion":true}]}})");
}

std::string ReleasePatch(const api::ObjectMeta& object, const api::ObjectMeta& owner) {
  return absl::StrCat(R"({"metadata":{"uid":)", Quoted(object.uid()),
                      R"(,"ownerReferences":[{"$patch":"delete","uid":)", Quoted(owner.uid()),
                      "}]}}");
}

void AddOrphansIndex(client::InformerCore& objects) {
  objects.AddIndex(kOrphans, [](const client::ObjectRef& object, std::vector<std::string>* values) {
    const api::ObjectMeta& meta = object->metadata();
    if (ControllerRefOf(meta) != nullptr) return;
    values->push_back(OrphansIn(meta.namespace_()));
    for (const api::StringEntry& label : meta.labels()) {
      values->push_back(OrphansWith(meta.namespace_(), label.key(), label.value()));
    }
  });
}

std::vector<client::ObjectRef> MatchingOrphans(const client::InformerCore& objects,
                                               absl::string_view ns,
                                               const api::Selector& selector) {
  std::string bucket = OrphansIn(ns);
  for (const api::Selector::Requirement& requirement : selector.requirements()) {
    if (requirement.op != api::Selector::Operator::kIn || requirement.values.size() != 1) continue;
    bucket = OrphansWith(ns, requirement.key, requirement.values[0]);
    break;
  }
  std::vector<client::ObjectRef> matching;
  for (client::ObjectRef& object : objects.ByIndex(kOrphans, bucket)) {
    if (IsDeleting(object->metadata())) continue;  // Not worth taking.
    if (selector.Matches(object->metadata().labels())) matching.push_back(std::move(object));
  }
  return matching;
}

absl::Status CheckMayAdopt(const api::ObjectMeta& cached, const api::ObjectMeta& live) {
  if (live.uid() != cached.uid()) {
    return absl::FailedPreconditionError(
        absl::StrFormat("original %s/%s is gone: got uid %s, wanted %s", cached.namespace_(),
                        cached.name(), live.uid(), cached.uid()));
  }
  if (IsDeleting(live)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s/%s has just been deleted at %s", cached.namespace_(), cached.name(),
                        api::FormatTime(live.deletion_timestamp())));
  }
  return absl::OkStatus();
}

}  // namespace drydock::controllers
