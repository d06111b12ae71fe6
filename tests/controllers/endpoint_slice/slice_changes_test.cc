// Laws of distributing endpoints over slices.
#include "src/controllers/endpoint_slice/slice_changes.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace drydock::controllers {
namespace {

using Slices = std::map<std::string, api::EndpointSlice>;

api::Endpoint NewEndpoint(int id, bool ready) {
  api::Endpoint endpoint;
  endpoint.add_addresses(absl::StrCat("10.0.0.", id));
  endpoint.mutable_conditions()->set_ready(ready);
  endpoint.mutable_target_ref()->set_uid(absl::StrCat("uid-", id));
  return endpoint;
}

WantedEndpoints Wanted(const std::map<int, bool>& pods) {
  WantedEndpoints wanted;
  wanted.address_type = "IPv4";
  for (const auto& [id, ready] : pods) wanted.endpoints.push_back(NewEndpoint(id, ready));
  return wanted;
}

// Applies what is to be written; gives how many writes it took.
int Reconcile(const std::map<int, bool>& pods, int max_endpoints, int* next, Slices* slices) {
  std::vector<api::Ref<api::EndpointSlice>> existing;
  for (const auto& [name, slice] : *slices) existing.push_back(api::MakeObject(slice));
  SliceChanges changes;
  ChangeSlices(Wanted(pods), existing, max_endpoints, &changes);
  for (api::EndpointSlice& slice : changes.create) {
    const std::string name = absl::StrCat("slice-", (*next)++);
    slice.mutable_metadata()->set_name(name);
    (*slices)[name] = slice;
  }
  for (const api::EndpointSlice& slice : changes.update) {
    (*slices)[slice.metadata().name()] = slice;
  }
  for (const auto& slice : changes.remove) slices->erase(slice->metadata().name());
  return static_cast<int>(changes.create.size() + changes.update.size() + changes.remove.size());
}

TEST(ChangeSlices, FillsOneSliceBeforeTheNext) {
  Slices slices;
  int next = 0;
  std::map<int, bool> pods;
  for (int i = 0; i < 250; ++i) pods[i] = true;
  EXPECT_EQ(Reconcile(pods, 100, &next, &slices), 3);
  EXPECT_EQ(slices.size(), 3u);
}

TEST(ChangeSlices, OneChangeIsOneWrite) {
  Slices slices;
  int next = 0;
  std::map<int, bool> pods;
  for (int i = 0; i < 250; ++i) pods[i] = true;
  Reconcile(pods, 100, &next, &slices);
  pods[17] = false;
  EXPECT_EQ(Reconcile(pods, 100, &next, &slices), 1);
  pods.erase(99);
  EXPECT_EQ(Reconcile(pods, 100, &next, &slices), 1);
  pods[1000] = true;
  EXPECT_EQ(Reconcile(pods, 100, &next, &slices), 1);
  EXPECT_EQ(slices.size(), 3u);
}

TEST(ChangeSlices, AReplacedPodTakesThePlaceOfTheOldOne) {
  Slices slices;
  int next = 0;
  std::map<int, bool> pods;
  for (int i = 0; i < 200; ++i) pods[i] = true;
  Reconcile(pods, 100, &next, &slices);
  pods.erase(3);
  pods[1000] = true;
  EXPECT_EQ(Reconcile(pods, 100, &next, &slices), 1);
  EXPECT_EQ(slices.size(), 2u);
}

RC_GTEST_PROP(ChangeSlices, SlicesHoldExactlyWhatIsWantedAndThenRest, ()) {
  Slices slices;
  int next = 0;
  std::map<int, bool> pods;
  const int max_endpoints = *rc::gen::inRange(1, 6);
  const int rounds = *rc::gen::inRange(1, 12);
  for (int round = 0; round < rounds; ++round) {
    const int changes = *rc::gen::inRange(0, 10);
    for (int i = 0; i < changes; ++i) {
      const int id = *rc::gen::inRange(0, 20);
      if (*rc::gen::arbitrary<bool>()) {
        pods[id] = *rc::gen::arbitrary<bool>();
      } else {
        pods.erase(id);
      }
    }
    Reconcile(pods, max_endpoints, &next, &slices);
    std::multiset<std::string> held;
    for (const auto& [name, slice] : slices) {
      RC_ASSERT(slice.endpoints_size() > 0);
      RC_ASSERT(slice.endpoints_size() <= max_endpoints);
      for (const api::Endpoint& endpoint : slice.endpoints()) {
        held.insert(endpoint.SerializeAsString());
      }
    }
    std::multiset<std::string> wanted;
    for (const auto& [id, ready] : pods) wanted.insert(NewEndpoint(id, ready).SerializeAsString());
    RC_ASSERT(held == wanted);
    RC_ASSERT(Reconcile(pods, max_endpoints, &next, &slices) == 0);
  }
}

}  // namespace
}  // namespace drydock::controllers
