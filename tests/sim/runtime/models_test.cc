// Durations, link shares, addresses.
#include <algorithm>
#include <map>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "sim/runtime/duration_model.h"
#include "sim/runtime/images.h"
#include "sim/runtime/link_share.h"
#include "sim/runtime/pod_ip_pool.h"
#include "src/rt/random.h"

namespace drydock::sim {
namespace {

TEST(DurationModel, ReadsEveryForm) {
  rt::Random random(1, "test");
  EXPECT_EQ(DurationModel::Parse("30s")->Sample(random), absl::Seconds(30));
  EXPECT_EQ(DurationModel::Parse("never")->Sample(random), absl::InfiniteDuration());
  EXPECT_TRUE(DurationModel::Parse("exp(5m)").ok());
  EXPECT_TRUE(DurationModel::Parse("lognormal(10s, 0.4)").ok());
  EXPECT_TRUE(DurationModel::Parse("normal(10s,2s)").ok());
  for (int i = 0; i < 100; ++i) {
    const absl::Duration drawn = DurationModel::Parse("uniform(1s, 2s)")->Sample(random);
    EXPECT_GE(drawn, absl::Seconds(1));
    EXPECT_LE(drawn, absl::Seconds(2));
  }
}

TEST(DurationModel, RefusesWhatIsNone) {
  for (const char* const text : {"", "30", "-1s", "uniform(2s, 1s)", "exp()", "exp(1s, 2s)",
                                 "lognormal(1s, x)", "often(1s)", "exp(1s", "exp(inf)"}) {
    EXPECT_FALSE(DurationModel::Parse(text).ok()) << text;
  }
}

TEST(PodIpPool, RefusesRangesThatAreNone) {
  for (const char* const text : {"", "10.0.0.0", "10.0.0/24", "10.0.0.0/30", "10.0.0.256/24"}) {
    EXPECT_FALSE(PodIpPool::Create(text).ok()) << text;
  }
}

TEST(ImageCatalogue, GivesAnImageTheSameSizeAlways) {
  const ImageCatalogue one;
  const ImageCatalogue two;
  EXPECT_EQ(one.SizeOf("nginx:1.27"), two.SizeOf("nginx:1.27"));
  EXPECT_GE(one.SizeOf("nginx:1.27"), 10000000);
  EXPECT_EQ(NormalizeImage("nginx"), "nginx:latest");
  EXPECT_EQ(NormalizeImage("localhost:5000/nginx"), "localhost:5000/nginx:latest");
}

// Whatever arrives when: nothing is faster than the link alone would carry it, the link is never
// idle while there is work, and who has less to carry ends no later.
RC_GTEST_PROP(LinkShare, CarriesAllWorkAtTheRateOfTheLink, ()) {
  constexpr double kRate = 1e6;
  const auto sizes =
      *rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(1, 5000000));
  RC_PRE(!sizes.empty() && sizes.size() < 30);
  LinkShare link(kRate);
  double total = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    link.Add(absl::ZeroDuration(), i, sizes[i]);
    total += static_cast<double>(sizes[i]);
  }
  std::vector<uint64_t> order;
  absl::Duration now = absl::ZeroDuration();
  while (link.active() > 0) {
    RC_ASSERT(link.NextDone() >= now);
    now = link.NextDone();
    for (const uint64_t done : link.TakeDone(now)) order.push_back(done);
  }
  RC_ASSERT(order.size() == sizes.size());
  for (size_t i = 1; i < order.size(); ++i) RC_ASSERT(sizes[order[i - 1]] <= sizes[order[i]]);
  const double off = absl::ToDoubleSeconds(now) - total / kRate;
  RC_ASSERT(off > -1e-3 && off < 1e-3);
}

RC_GTEST_PROP(PodIpPool, NeverGivesAnAddressTwice, ()) {
  PodIpPool pool = *PodIpPool::Create("10.3.0.0/28");
  std::vector<std::string> held;
  const auto steps = *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>());
  for (const bool take : steps) {
    if (take) {
      const auto ip = pool.Take();
      RC_ASSERT(ip.ok() == (held.size() < 13));
      if (!ip.ok()) continue;
      RC_ASSERT(std::find(held.begin(), held.end(), *ip) == held.end());
      held.push_back(*ip);
    } else if (!held.empty()) {
      pool.Release(held.front());
      held.erase(held.begin());
    }
  }
}

}  // namespace
}  // namespace drydock::sim
