// What every form of the store must do: a suite to instantiate for each form.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(StoreForm{...}));
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreModel, ...the same...);
#ifndef DRYDOCK_TESTS_STORE_CONTRACT_H_
#define DRYDOCK_TESTS_STORE_CONTRACT_H_

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "src/rt/check.h"
#include "src/rt/payload.h"
#include "src/rt/task.h"
#include "src/store/store.h"

namespace drydock::store {

// A value of the tests: text, and the revision that the store stamped on it.
class TextPayload final : public rt::Payload {
 public:
  explicit TextPayload(std::string value) : text(std::move(value)) {}
  uint64_t Digest() const override { return rt::DigestBytes(text.data(), text.size()); }

  const std::string text;
  mutable Revision stamped = 0;
};

class TextCodec final : public ValueCodec {
 public:
  std::string Encode(const rt::Payload& value) const override;
  absl::StatusOr<rt::PayloadRef> Decode(absl::string_view key,
                                        absl::string_view bytes) const override;
  void Stamp(const rt::Payload& value, Revision revision) const override;
};

rt::PayloadRef Text(std::string text);
std::string TextOf(const rt::PayloadRef& value);

// An empty store and the world that it runs in.
class StoreWorld {
 public:
  virtual ~StoreWorld() = default;
  virtual Store& store() = 0;
  // Runs what is due, and lets `duration` pass.
  virtual void Run(absl::Duration duration) = 0;
};

struct StoreForm {
  std::string name;
  // With watch buffers of `watch_buffer` events.
  std::function<std::unique_ptr<StoreWorld>(size_t watch_buffer)> make;
};
void PrintTo(const StoreForm& form, std::ostream* out);

// The store with its tasks run to their ends: calls that return when done.
class SyncStore {
 public:
  explicit SyncStore(StoreWorld& world) : world_(world) {}

  template <typename T>
  T Await(rt::Task<T> task) {
    std::optional<T> result;
    rt::TaskGroup group;
    group.Spawn(Keep(std::move(task), result));
    for (int i = 0; i < 1000 && !result.has_value(); ++i) world_.Run(absl::ZeroDuration());
    DRYDOCK_CHECK(result.has_value(), "the store did not answer");
    return *std::move(result);
  }

  Revision Put(const std::string& key, const std::string& value, LeaseId lease = 0);
  // The store's revision afterwards.
  Revision Delete(const std::string& key);
  absl::StatusOr<TxnResult> Commit(Txn txn) { return Await(store().Commit(std::move(txn))); }
  absl::StatusOr<RangeResponse> Range(RangeRequest request) {
    return Await(store().Range(std::move(request)));
  }
  // "key=value@mod_revision" for each, in order.
  std::vector<std::string> List(const std::string& key, const std::string& end,
                                Revision revision = 0);
  absl::Status Compact(Revision revision) { return Await(store().Compact(revision)); }
  absl::StatusOr<std::unique_ptr<Watch>> Watch(const std::string& key, const std::string& end,
                                               Revision after) {
    return Await(store().StartWatch(key, end, after));
  }
  // All that `watch` has, as "put key=value (previous) @revision"; empty when it has
  // nothing now. An error ends the list with its code's name.
  std::vector<std::string> Drain(store::Watch& watch);

  Store& store() { return world_.store(); }
  void Run(absl::Duration duration) { world_.Run(duration); }

 private:
  template <typename T>
  static rt::Task<> Keep(rt::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }

  StoreWorld& world_;
};

std::string Describe(const Event& event);

class StoreContract : public testing::TestWithParam<StoreForm> {
 protected:
  StoreContract() : world_(GetParam().make(10)), store_(*world_) {}
  std::unique_ptr<StoreWorld> world_;
  SyncStore store_;
};

class StoreModel : public testing::TestWithParam<StoreForm> {};

}  // namespace drydock::store

#endif  // DRYDOCK_TESTS_STORE_CONTRACT_H_
