// What a controller has asked for and not yet seen in its cache.
//
// A controller that has created five pods must not count its cache before the five
// have arrived in it, or it would create five more. It notes the creations and
// deletions that it is about to ask for; informer handlers tick them off; while some
// are open the controller leaves the number of its pods alone. Expectations that
// nobody meets (a watch lost an event's cause, a creation's fate is unknown) lapse
// after five minutes. Semantics of Kubernetes' controller expectations.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_EXPECTATIONS_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_EXPECTATIONS_H_

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/time/time.h"
#include "src/client/object_key.h"
#include "src/rt/executor.h"

namespace drydock::controllers {

class Expectations {
 public:
  static constexpr absl::Duration kTimeout = absl::Minutes(5);

  explicit Expectations(const rt::Executor& executor) : executor_(executor) {}

  // Replace what is expected for `owner`. Call them before the requests are sent.
  void ExpectCreations(const client::ObjectKey& owner, int count) { Expect(owner, count, {}); }
  // By uid, so that an event which is seen twice counts once.
  void ExpectDeletions(const client::ObjectKey& owner, const std::vector<std::string>& uids) {
    Expect(owner, 0, uids);
  }
  void Expect(const client::ObjectKey& owner, int creations, const std::vector<std::string>& uids);

  // A handler saw it happen, or the request failed and it will not.
  void CreationObserved(const client::ObjectKey& owner);
  void DeletionObserved(const client::ObjectKey& owner, const std::string& uid);

  // True when nothing is open any more, or it has lapsed.
  bool Satisfied(const client::ObjectKey& owner) const;
  // How long what is open will stay so at most; zero when satisfied.
  absl::Duration TimeLeft(const client::ObjectKey& owner) const;

  void Forget(const client::ObjectKey& owner) { open_.erase(owner); }

 private:
  struct Open {
    int creations = 0;
    absl::btree_set<std::string> deletions;
    rt::Instant since = absl::ZeroDuration();
  };

  void DropIfMet(absl::btree_map<client::ObjectKey, Open>::iterator entry);

  const rt::Executor& executor_;
  absl::btree_map<client::ObjectKey, Open> open_;  // Only owners with something open.
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_EXPECTATIONS_H_
