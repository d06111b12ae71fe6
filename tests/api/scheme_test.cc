// The scheme: every kind under its names.
#include "src/api/scheme.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/core_v1.h"

namespace drydock::api {
namespace {

TEST(Scheme, FindsAKindByItsMessage) {
  const KindInfo& pod = KindOf<Pod>();
  EXPECT_EQ(pod.kind, "Pod");
  EXPECT_EQ(pod.resource, "pods");
  EXPECT_EQ(pod.singular, "pod");
  EXPECT_EQ(pod.ApiVersion(), "v1");
  EXPECT_TRUE(pod.namespaced);
  EXPECT_TRUE(pod.HasSubresource("status"));
  EXPECT_FALSE(pod.HasSubresource("scale"));
}

TEST(Scheme, FindsAKindByApiVersionAndName) {
  EXPECT_EQ(FindKind("apps/v1", "Deployment"), &KindOf<Deployment>());
  EXPECT_EQ(FindKind("apps", "v1", "Deployment"), &KindOf<Deployment>());
  EXPECT_EQ(FindKind("apps/v2", "Deployment"), nullptr);
}

TEST(Scheme, FindsAResourceByPluralSingularAndShortName) {
  EXPECT_EQ(FindResource("apps", "v1", "replicasets"), &KindOf<ReplicaSet>());
  EXPECT_EQ(FindResourceByAnyName("deploy"), &KindOf<Deployment>());
  EXPECT_EQ(FindResourceByAnyName("Deployment.apps"), &KindOf<Deployment>());
  EXPECT_EQ(FindResourceByAnyName("po"), &KindOf<Pod>());
  EXPECT_EQ(FindResourceByAnyName("pods.apps"), nullptr);
}

TEST(Scheme, LinksAKindAndItsListBothWays) {
  const KindInfo& pod = KindOf<Pod>();
  EXPECT_EQ(pod.list, &KindOf<PodList>());
  EXPECT_EQ(pod.list->kind, "PodList");
  EXPECT_EQ(pod.list->item, &pod);
  EXPECT_EQ(pod.list->resource, "");
}

TEST(Scheme, KnowsWhetherAKindHasSpecAndStatus) {
  EXPECT_NE(KindOf<Pod>().spec, nullptr);
  EXPECT_NE(KindOf<Pod>().status, nullptr);
  EXPECT_EQ(KindOf<ConfigMap>().spec, nullptr);
  EXPECT_EQ(KindOf<metav1::Status>().status, nullptr);
}

TEST(Scheme, EveryListHoldsItsItems) {
  for (const KindInfo& kind : AllKinds()) {
    if (kind.item == nullptr) continue;
    const auto* const items = kind.descriptor->FindFieldByName("items");
    ASSERT_NE(items, nullptr) << kind.kind;
    EXPECT_EQ(items->message_type(), kind.item->descriptor) << kind.kind;
    EXPECT_TRUE(items->is_repeated()) << kind.kind;
  }
}

TEST(Scheme, EveryStoredKindHasMetadata) {
  for (const KindInfo& kind : AllKinds()) {
    if (!kind.stored) continue;
    ASSERT_NE(kind.metadata, nullptr) << kind.kind;
    EXPECT_EQ(kind.metadata->message_type(), ObjectMeta::descriptor()) << kind.kind;
  }
}

}  // namespace
}  // namespace drydock::api
