// Facts: apiserver's etcd3 lease manager (reuse for 60 s, 1,000 objects).
#include "src/apiserver/event_leases.h"

namespace drydock::apiserver {
namespace {

constexpr absl::Duration kReuseFor = absl::Seconds(60);
constexpr size_t kMaxObjects = 1000;

}  // namespace

EventLeases::EventLeases(rt::Executor& executor, store::Store& store, absl::Duration ttl,
                         size_t max_objects)
    : executor_(executor), store_(store), ttl_(ttl), max_objects_(max_objects) {}

rt::Task<absl::StatusOr<store::LeaseId>> EventLeases::Lease() {
  const rt::Instant now = executor_.Now();
  while (!leases_.empty() && leases_.front().granted + ttl_ + kReuseFor <= now) {
    objects_ -= leases_.front().objects;
    leases_.pop_front();
  }
  if (max_objects_ > 0 && objects_ >= max_objects_ && leases_.size() > 1) {
    const Group oldest = leases_.front();
    objects_ -= oldest.objects;
    leases_.pop_front();
    // An error means that it has expired already or will.
    const absl::Status revoked = co_await store_.RevokeLease(oldest.lease);
    revoked.IgnoreError();
  }
  if (leases_.empty() || leases_.back().granted + kReuseFor <= now ||
      leases_.back().objects >= kMaxObjects) {
    // Long enough for the last object of the group.
    const absl::StatusOr<store::LeaseId> lease = co_await store_.GrantLease(ttl_ + kReuseFor);
    if (!lease.ok()) co_return lease.status();
    leases_.push_back({.lease = *lease, .granted = now, .objects = 0});
  }
  ++leases_.back().objects;
  ++objects_;
  co_return leases_.back().lease;
}

}  // namespace drydock::apiserver
