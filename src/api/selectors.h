// Label and field selectors: which objects a list, a watch or a controller means.
#ifndef DRYDOCK_SRC_API_SELECTORS_H_
#define DRYDOCK_SRC_API_SELECTORS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/maps.h"
#include "src/api/meta_v1.h"

namespace drydock::api {

// A conjunction of requirements on labels. The default one selects everything.
class Selector {
 public:
  enum class Operator : uint8_t {
    kIn,
    kNotIn,
    kExists,
    kDoesNotExist,
    kGreaterThan,
    kLessThan,
  };

  struct Requirement {
    std::string key;
    Operator op = Operator::kIn;
    std::vector<std::string> values;  // Sorted.

    bool Matches(const StringMap& labels) const;
  };

  // Everything.
  Selector() = default;
  static Selector Nothing();

  // The form of requests: "app=web,tier in (a,b),!legacy,size>3".
  static absl::StatusOr<Selector> Parse(absl::string_view text);
  // The form of objects: an empty one selects everything.
  static absl::StatusOr<Selector> From(const LabelSelector& selector);
  // As From, but an absent one selects nothing, as in most specs.
  static absl::StatusOr<Selector> FromOptional(const LabelSelector* selector);
  // Of services and replication controllers: all of these labels.
  static Selector FromLabels(const StringMap& labels);

  bool Matches(const StringMap& labels) const;
  bool MatchesEverything() const { return !nothing_ && requirements_.empty(); }
  bool MatchesNothing() const { return nothing_; }
  const std::vector<Requirement>& requirements() const { return requirements_; }

  // The form that Parse reads, with keys in order.
  std::string ToString() const;

 private:
  void Add(Requirement requirement);

  std::vector<Requirement> requirements_;  // By key.
  bool nothing_ = false;
};

// A conjunction of comparisons of fields with values: "spec.nodeName=n1,status.phase!=Failed".
class FieldSelector {
 public:
  struct Requirement {
    std::string field;
    bool equal = true;
    std::string value;
  };

  // Everything.
  FieldSelector() = default;
  static absl::StatusOr<FieldSelector> Parse(absl::string_view text);

  // `get` gives the value of a field ("" when it is unset).
  bool Matches(const std::function<std::string(absl::string_view field)>& get) const;
  bool MatchesEverything() const { return requirements_.empty(); }
  const std::vector<Requirement>& requirements() const { return requirements_; }

  // The value that `field` must have, if the selector asks for one.
  std::optional<std::string> RequiredValue(absl::string_view field) const;

  std::string ToString() const;

 private:
  std::vector<Requirement> requirements_;
};

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_SELECTORS_H_
