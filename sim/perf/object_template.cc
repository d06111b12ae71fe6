// Rendering, then reading the result as a manifest.
#include "sim/perf/object_template.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/files/files.h"
#include "sim/workload/manifest.h"
#include "src/api/codec/yaml.h"

namespace drydock::sim {

absl::StatusOr<ObjectTemplate> ObjectTemplate::Load(const std::string& path,
                                                    Template::Values values, int count,
                                                    const api::KindInfo* kind) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return Parse(path, *text, std::move(values), count, kind);
}

absl::StatusOr<ObjectTemplate> ObjectTemplate::Parse(const std::string& path,
                                                     absl::string_view text,
                                                     Template::Values values, int count,
                                                     const api::KindInfo* kind) {
  ObjectTemplate made;
  made.path_ = path;
  absl::StatusOr<Template> parsed = Template::Parse(text);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", parsed.status().message()));
  }
  made.template_ = *std::move(parsed);
  made.values_ = std::move(values);
  made.values_["Count"] = absl::StrCat(count);
  absl::StatusOr<Message> first = made.Render(0);
  if (!first.ok()) return first.status();
  made.kind_ = api::FindKind(*(*first)->GetDescriptor());
  if (kind != nullptr && made.kind_ != kind) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": kind: expected ", kind->kind, ", got ", made.kind_->kind));
  }
  made.first_ = *std::move(first);
  return made;
}

absl::StatusOr<ObjectTemplate::Message> ObjectTemplate::Render(int index) const {
  Template::Values values = values_;
  values["Index"] = absl::StrCat(index);
  const absl::StatusOr<std::string> text = template_.Render(values);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path_, ":", text.status().message()));
  }
  absl::StatusOr<std::vector<api::Value>> documents = api::ParseYaml(*text);
  if (!documents.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path_, ":", documents.status().message()));
  }
  if (documents->size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": expected one object, got ", documents->size()));
  }
  return DecodeManifest(documents->front(), path_);
}

absl::StatusOr<ObjectTemplate::Message> ObjectTemplate::Make(int index) const {
  if (template_.Uses("Index")) return Render(index);
  Message copy(first_->New());
  copy->CopyFrom(*first_);
  return copy;
}

}  // namespace drydock::sim
