// What a list or a watch chooses: a namespace, labels, fields.
#ifndef DRYDOCK_SRC_APISERVER_SELECTION_H_
#define DRYDOCK_SRC_APISERVER_SELECTION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/object.h"
#include "src/api/selectors.h"
#include "src/apiserver/field_path.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

struct FieldRequirement {
  FieldPath path;
  std::string value;
  bool equal = true;  // False: !=.
};

class Selection {
 public:
  // Everything in `ns`, or everywhere when it is empty.
  explicit Selection(std::string ns) : ns_(std::move(ns)) {}

  static absl::StatusOr<Selection> Parse(const Resource& resource, std::string ns,
                                         absl::string_view labels, absl::string_view fields);

  bool Matches(const api::Object& object) const;

  const std::string& ns() const { return ns_; }
  // Set when metadata.name is fixed.
  const std::optional<std::string>& name() const { return name_; }
  // Set when the resource's indexed field (of pods: spec.nodeName) is fixed.
  const std::optional<std::string>& indexed() const { return indexed_; }
  // Neither labels nor fields are asked for.
  bool everything() const { return everything_; }

 private:
  std::string ns_;
  std::optional<std::string> name_;
  std::optional<std::string> indexed_;
  bool everything_ = true;
  std::optional<api::Selector> labels_;
  std::vector<FieldRequirement> fields_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_SELECTION_H_
