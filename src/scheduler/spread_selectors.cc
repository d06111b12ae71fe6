// Merging the selectors of a pod's Services and its controller.
#include "src/scheduler/spread_selectors.h"

namespace drydock::scheduler {
namespace {

std::string TextOf(const LabelSelector& selector) {
  std::string text;
  selector.AppendKey(&text);
  return text;
}

}  // namespace

void SpreadSelectors::Set(Selectors& selectors, Key key, LabelSelector selector) {
  const auto known = selectors.find(key);
  if (known == selectors.end()) {
    if (selector.nothing) return;
    selectors.emplace(std::move(key), std::move(selector));
  } else if (selector.nothing) {
    selectors.erase(known);
  } else if (TextOf(known->second) == TextOf(selector)) {
    return;  // Only its status changed: what pods belong to did not.
  } else {
    known->second = std::move(selector);
  }
  ++version_;
}

LabelSelector SpreadSelectors::SelectorFor(const PodShape& shape) const {
  // Labels that several Services select by are asked once.
  absl::btree_map<std::string, LabelRequirement> merged;
  for (auto service = services_.lower_bound({shape.ns, ""});
       service != services_.end() && service->first.first == shape.ns; ++service) {
    if (!service->second.Matches(shape.labels)) continue;
    for (const LabelRequirement& requirement : service->second.requirements) {
      merged[requirement.key] = requirement;
    }
  }
  LabelSelector selector;
  for (auto& [key, requirement] : merged) selector.requirements.push_back(std::move(requirement));
  if (shape.controller.has_value()) {
    const auto controller =
        controllers_.find({shape.ns, shape.controller->kind + "/" + shape.controller->name});
    if (controller != controllers_.end()) {
      for (const LabelRequirement& requirement : controller->second.requirements) {
        selector.requirements.push_back(requirement);
      }
    }
  }
  selector.nothing = selector.requirements.empty();
  return selector;
}

}  // namespace drydock::scheduler
