// Namespaces that are being deleted.
#include "src/api/core/v1/namespace.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/pod.h"
#include "src/controllers/namespace/namespace_controller.h"
#include "tests/controllers/support/controller_world.h"

namespace drydock::controllers {
namespace {

class NamespaceTest : public testing::Test {
 protected:
  ~NamespaceTest() override { w_.tasks.Clear(); }

  void AddNamespace(const std::string& name, bool deleting) {
    api::Namespace ns;
    ns.mutable_metadata()->set_name(name);
    ns.mutable_spec()->add_finalizers("kubernetes");
    if (deleting) ns.mutable_metadata()->mutable_deletion_timestamp()->set_seconds(1);
    w_.server.Create(std::move(ns));
  }
  template <typename T>
  void Add(const std::string& ns, const std::string& name, const std::string& finalizer = "") {
    T object;
    object.mutable_metadata()->set_namespace_(ns);
    object.mutable_metadata()->set_name(name);
    if (!finalizer.empty()) object.mutable_metadata()->add_finalizers(finalizer);
    w_.server.Create(std::move(object));
  }

  ControllerWorld w_;
  NamespaceController controller_{w_.machine, w_.client, w_.informers};
};

TEST_F(NamespaceTest, ItsContentGoesThenTheNamespaceItself) {
  AddNamespace("old", true);
  AddNamespace("live", false);
  Add<api::Pod>("old", "p");
  Add<api::ConfigMap>("old", "c");
  Add<api::ConfigMap>("live", "c");
  w_.Start(controller_);
  w_.RunFor(absl::Seconds(10));
  EXPECT_FALSE(w_.Get<api::Namespace>("", "old"));
  EXPECT_TRUE(w_.List<api::Pod>().empty());
  EXPECT_EQ(w_.List<api::ConfigMap>().size(), 1u);
  EXPECT_TRUE(w_.Get<api::Namespace>("", "live"));
  EXPECT_EQ(controller_.metrics().finalized, 1u);
}

TEST_F(NamespaceTest, ItWaitsForFinalizersAndSaysSo) {
  AddNamespace("old", true);
  Add<api::ConfigMap>("old", "c", "example.com/hold");
  w_.Start(controller_);
  w_.RunFor(absl::Seconds(10));
  const auto ns = w_.Get<api::Namespace>("", "old");
  ASSERT_TRUE(ns);
  const auto& conditions = ns->status().conditions();
  const auto held = std::find_if(conditions.begin(), conditions.end(), [](const auto& condition) {
    return condition.type() == "NamespaceFinalizersRemaining";
  });
  ASSERT_NE(held, conditions.end());
  EXPECT_EQ(held->status(), "True");
  EXPECT_EQ(held->message(),
            "Some content in the namespace has finalizers remaining: example.com/hold in 1 "
            "resource instances");
  w_.server.Delete(api::KindOf<api::ConfigMap>(), "old", "c");
  w_.RunFor(absl::Seconds(10));
  EXPECT_FALSE(w_.Get<api::Namespace>("", "old"));
}

}  // namespace
}  // namespace drydock::controllers
