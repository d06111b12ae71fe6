// The table of shapes.
#include "src/scheduler/cluster.h"

#include <algorithm>

#include "src/rt/check.h"

namespace drydock::scheduler {

rt::Ref<const PodShape> ShapeTable::Add(rt::Ref<PodShape> shape) {
  DRYDOCK_CHECK(by_key_.count(shape->key) == 0, "two shapes with one key");
  if (shapes_.size() >= sweep_at_) {
    shapes_.erase(std::remove_if(shapes_.begin(), shapes_.end(),
                                 [](const rt::Ref<PodShape>& known) { return known->Unique(); }),
                  shapes_.end());
    by_key_.clear();
    for (size_t i = 0; i < shapes_.size(); ++i) by_key_.emplace(shapes_[i]->key, i);
    sweep_at_ = std::max<size_t>(1024, 2 * shapes_.size());
  }
  shape->id = next_id_++;
  by_key_.emplace(shape->key, shapes_.size());
  shapes_.push_back(shape);
  return shape;
}

rt::Ref<const PodShape> FileShape(Cluster& cluster, rt::Ref<PodShape> shape) {
  if (!shape->required_affinity.empty()) {
    std::vector<PodCondition> all;
    for (const rt::Ref<AffinityTerm>& term : shape->required_affinity) {
      all.push_back(term->condition);
    }
    shape->affinity_matches = cluster.counts.Column(std::move(all), /*skip_terminating=*/false);
  }
  for (SpreadConstraint& constraint : shape->spread) {
    constraint.self_match = constraint.selector.Matches(shape->labels);
    PodCondition condition{{shape->ns}, std::nullopt, constraint.selector};
    // Kubernetes counts no pods for a selector that is there but empty.
    if (constraint.selector.requirements.empty()) condition.selector.nothing = true;
    constraint.matches = cluster.counts.Column({std::move(condition)}, /*skip_terminating=*/true);
  }
  return cluster.shapes.Add(std::move(shape));
}

}  // namespace drydock::scheduler
