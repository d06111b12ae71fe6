// Selectors as text, and which of them an index serves.
#include "src/apiserver/selection.h"

#include <utility>

namespace drydock::apiserver {

absl::StatusOr<Selection> Selection::Parse(const Resource& resource, std::string ns,
                                           absl::string_view labels, absl::string_view fields) {
  Selection selection(std::move(ns));
  if (!labels.empty()) {
    absl::StatusOr<api::Selector> parsed = api::Selector::Parse(labels);
    if (!parsed.ok()) return parsed.status();
    selection.everything_ = parsed->MatchesEverything();
    if (!parsed->MatchesEverything()) selection.labels_ = *std::move(parsed);
  }
  if (fields.empty()) return selection;
  const absl::StatusOr<api::FieldSelector> parsed = api::FieldSelector::Parse(fields);
  if (!parsed.ok()) return parsed.status();
  for (const api::FieldSelector::Requirement& term : parsed->requirements()) {
    absl::StatusOr<FieldPath> path = FieldPath::Parse(*resource.kind, term.field);
    if (!path.ok()) return path.status();
    selection.everything_ = false;
    if (term.equal && term.field == "metadata.name") selection.name_ = term.value;
    if (term.equal && term.field == "metadata.namespace" && selection.ns_.empty()) {
      selection.ns_ = term.value;
    }
    if (term.equal && resource.indexed.has_value() && *path == *resource.indexed) {
      selection.indexed_ = term.value;
    }
    selection.fields_.push_back({*std::move(path), term.value, term.equal});
  }
  return selection;
}

bool Selection::Matches(const api::Object& object) const {
  if (!ns_.empty() && object.metadata().namespace_() != ns_) return false;
  std::string scratch;
  for (const FieldRequirement& field : fields_) {
    if ((field.path.ValueIn(object.message(), &scratch) == field.value) != field.equal) {
      return false;
    }
  }
  return !labels_.has_value() || labels_->Matches(object.metadata().labels());
}

}  // namespace drydock::apiserver
