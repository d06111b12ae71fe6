// Which pods belong together when nobody says how to spread them: those that the same
// Services select and the same controller owns. From informers to the default
// constraints of PodTopologySpread.
#ifndef DRYDOCK_SRC_SCHEDULER_SPREAD_SELECTORS_H_
#define DRYDOCK_SRC_SCHEDULER_SPREAD_SELECTORS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "src/scheduler/cluster.h"

namespace drydock::scheduler {

class SpreadSelectors final : public SpreadDefaults {
 public:
  // A Service's selector; `nothing` when it has none or is gone.
  void SetService(const std::string& ns, const std::string& name, LabelSelector selector) {
    Set(services_, {ns, name}, std::move(selector));
  }
  // Of a ReplicaSet, StatefulSet or ReplicationController, by its kind.
  void SetController(const std::string& kind, const std::string& ns, const std::string& name,
                     LabelSelector selector) {
    Set(controllers_, {ns, kind + "/" + name}, std::move(selector));
  }

  LabelSelector SelectorFor(const PodShape& shape) const override;
  uint64_t version() const override { return version_; }

 private:
  using Key = std::pair<std::string, std::string>;  // Namespace, then name.
  using Selectors = absl::btree_map<Key, LabelSelector>;
  void Set(Selectors& selectors, Key key, LabelSelector selector);

  Selectors services_;
  Selectors controllers_;
  uint64_t version_ = 1;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_SPREAD_SELECTORS_H_
