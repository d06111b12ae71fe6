// Texts that several kinds' cells have in common.
#ifndef DRYDOCK_SRC_APISERVER_PRINTING_TEXT_H_
#define DRYDOCK_SRC_APISERVER_PRINTING_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/meta_v1.h"

namespace drydock::apiserver {

inline constexpr char kNone[] = "<none>";
inline constexpr char kUnset[] = "<unset>";
inline constexpr char kUnknown[] = "<unknown>";

// `text`, or `otherwise` when it is empty.
inline absl::string_view TextOr(absl::string_view text, absl::string_view otherwise) {
  return text.empty() ? otherwise : text;
}

// "a=1,b=2"; "<none>" without labels.
std::string LabelsText(const api::StringMap& labels);

// "app=web,tier in (a,b)"; "<none>" when it is absent (null) or empty.
std::string SelectorText(const api::LabelSelector* selector);

// "app,sidecar".
std::string ContainerNames(const api::PodSpec& spec);
std::string ContainerImages(const api::PodSpec& spec);

// What fits of a list in a cell: its first items, and how many more there are.
class ShortList {
 public:
  void Add(absl::string_view item);
  // "a,b,c + 2 more..."; `otherwise` when there is none.
  std::string ToString(absl::string_view otherwise) const;

 private:
  static constexpr size_t kShown = 3;

  std::vector<std::string> shown_;
  size_t count_ = 0;
};

// The quantity of `resource`, "0" when there is none.
std::string QuantityText(const api::ResourceMap& resources, absl::string_view resource);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_PRINTING_TEXT_H_
