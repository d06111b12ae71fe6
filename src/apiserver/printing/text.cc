#include "src/apiserver/printing/text.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/selectors.h"

namespace drydock::apiserver {

std::string LabelsText(const api::StringMap& labels) {
  if (labels.empty()) return kNone;
  return absl::StrJoin(labels, ",", [](std::string* out, const api::StringEntry& entry) {
    absl::StrAppend(out, entry.key(), "=", entry.value());
  });
}

std::string SelectorText(const api::LabelSelector* selector) {
  const absl::StatusOr<api::Selector> parsed = api::Selector::FromOptional(selector);
  if (!parsed.ok()) return "<error>";
  return std::string(TextOr(parsed->ToString(), kNone));
}

std::string ContainerNames(const api::PodSpec& spec) {
  return absl::StrJoin(spec.containers(), ",", [](std::string* out, const api::Container& one) {
    out->append(one.name());
  });
}

std::string ContainerImages(const api::PodSpec& spec) {
  return absl::StrJoin(spec.containers(), ",", [](std::string* out, const api::Container& one) {
    out->append(one.image());
  });
}

void ShortList::Add(absl::string_view item) {
  if (shown_.size() < kShown) shown_.emplace_back(item);
  ++count_;
}

std::string ShortList::ToString(absl::string_view otherwise) const {
  if (count_ == 0) return std::string(otherwise);
  std::string text = absl::StrJoin(shown_, ",");
  if (count_ > kShown) absl::StrAppend(&text, " + ", count_ - kShown, " more...");
  return text;
}

std::string QuantityText(const api::ResourceMap& resources, absl::string_view resource) {
  const std::string* const found = api::Find(resources, resource);
  return found == nullptr || found->empty() ? "0" : *found;
}

}  // namespace drydock::apiserver
