// An object of the API as a file describes it: YAML with template actions in it.
#ifndef DRYDOCK_SIM_PERF_OBJECT_TEMPLATE_H_
#define DRYDOCK_SIM_PERF_OBJECT_TEMPLATE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "sim/perf/template.h"
#include "src/api/scheme.h"

namespace drydock::sim {

class ObjectTemplate {
 public:
  using Message = std::unique_ptr<google::protobuf::Message>;

  // Nothing: a copy of a template that Load or Parse gave makes something.
  ObjectTemplate() = default;

  // Reads `path` and sees to it that object 0 of `count` is one of `kind` (null: of any).
  // Errors name the file and the line.
  static absl::StatusOr<ObjectTemplate> Load(const std::string& path, Template::Values values,
                                             int count, const api::KindInfo* kind);
  // The same of `text`, for which `path` stands in errors.
  static absl::StatusOr<ObjectTemplate> Parse(const std::string& path, absl::string_view text,
                                              Template::Values values, int count,
                                              const api::KindInfo* kind);

  const api::KindInfo& kind() const { return *kind_; }
  // Number `index` of the objects. What does not depend on the number is read once and
  // copied.
  absl::StatusOr<Message> Make(int index) const;

 private:
  absl::StatusOr<Message> Render(int index) const;

  std::string path_;
  Template template_;
  Template::Values values_;
  const api::KindInfo* kind_ = nullptr;
  std::shared_ptr<const google::protobuf::Message> first_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_OBJECT_TEMPLATE_H_
