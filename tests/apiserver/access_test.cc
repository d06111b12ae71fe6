// Who may do what: roles, bindings, nodes, escalation, reviews, service accounts, tokens.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/api/authentication_v1.h"
#include "src/api/authorization_v1.h"
#include "src/api/coordination_v1.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/maps.h"
#include "src/api/rbac_v1.h"
#include "src/api/status.h"
#include "src/apiserver/auth/access_control.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/auth/token_signer.h"
#include "src/rt/payload.h"
#include "tests/apiserver/support.h"

namespace drydock::apiserver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Nothing that anybody else should use: the signature is a digest. Real ones are tested with
// OpenSSL, outside of virtual time.
class DigestSigner final : public TokenSigner {
 public:
  std::string algorithm() const override { return "TEST"; }
  std::string key_id() const override { return "key-1"; }
  std::string PublicJwk() const override { return R"({"kid":"key-1"})"; }
  absl::StatusOr<std::string> Sign(absl::string_view text) const override {
    const std::string secret = absl::StrCat("secret", text);
    return absl::StrCat(rt::DigestBytes(secret.data(), secret.size()));
  }
  bool Verify(absl::string_view text, absl::string_view signature) const override {
    return *Sign(text) == signature;
  }
};

testing_support::TestClusterOptions WithAccess(const TokenSigner* signer) {
  testing_support::TestClusterOptions options;
  options.server.access = {.node = true,
                           .rbac = true,
                           .default_service_accounts = true,
                           .signer = signer,
                           .static_tokens = {{"s3cret", {.name = "jane", .groups = {"dev"}}}}};
  return options;
}

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() : test_(WithAccess(&signer_)) {}

  testing_support::TestCluster& cluster() { return test_.cluster(); }
  AccessControl& access() { return cluster().server().access(); }
  void Apply(const char* yaml) {
    cluster().Apply(yaml);
    cluster().RunFor(absl::Seconds(1));
  }

  // A request of somebody other than the administrator.
  template <typename T>
  rt::Ref<api::Request> As(api::User user, api::Verb verb, const std::string& ns,
                           const std::string& name) {
    rt::Ref<api::Request> request = test_.Request(verb, api::KindOf<T>(), ns, name);
    request->user = std::move(user);
    return request;
  }
  template <typename T>
  absl::StatusOr<api::ObjectRef> Post(api::User user, T object, const std::string& ns = "") {
    rt::Ref<api::Request> request = As<T>(std::move(user), api::Verb::kCreate, ns, "");
    request->object = api::MakeObject(std::move(object)).object();
    return test_.Object(request);
  }

  // Whether the user may do what `what` says: "VERB NAMESPACE GROUP/RESOURCE[/SUB] [NAME]", with
  // "-" for the cluster and "core" for the group without a name; or "VERB /path".
  bool May(const api::User& user, absl::string_view what) {
    const std::vector<std::string> words = absl::StrSplit(what, ' ');
    if (words[1][0] == '/') return access().AuthorizePath(user, words[0], words[1]).ok();
    std::vector<std::string> parts = absl::StrSplit(words[2], '/');
    parts.resize(3);
    api::SubjectAccessReview review;
    review.mutable_spec()->set_user(user.name);
    for (const std::string& group : user.groups) review.mutable_spec()->add_groups(group);
    api::ResourceAttributes& attributes = *review.mutable_spec()->mutable_resource_attributes();
    attributes.set_verb(words[0]);
    if (words[1] != "-") attributes.set_namespace_(words[1]);
    attributes.set_group(parts[0] == "core" ? "" : parts[0]);
    attributes.set_resource(parts[1]);
    attributes.set_subresource(parts[2]);
    if (words.size() > 3) attributes.set_name(words[3]);
    const absl::StatusOr<api::ObjectRef> answer = Post(kAdmin, std::move(review));
    EXPECT_TRUE(answer.ok()) << answer.status();
    const auto& status =
        static_cast<const api::SubjectAccessReview&>((*answer)->message()).status();
    reason_ = status.reason();
    return status.allowed();
  }

  const api::User kAdmin{.name = "admin", .groups = {"system:masters"}};
  const api::User kJane{.name = "jane", .groups = {"dev", "system:authenticated"}};
  const api::User kNode{.name = "system:node:n1", .groups = {"system:nodes"}};
  std::string reason_;  // Of the last May.

 private:
  DigestSigner signer_;

 protected:
  ServerTest test_;
};

constexpr char kRoles[] = R"(
apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}
- {apiGroups: [apps], resources: ["*"], verbs: [get]}
- {apiGroups: [""], resources: ["*/scale"], verbs: ["*"]}
- {apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get, create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: operator}
rules:
- {apiGroups: ["*"], resources: [nodes], verbs: [get]}
- {nonResourceURLs: [/logs, /debug/*], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: jane-reads}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}
- {kind: ServiceAccount, name: builder, namespace: other}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dev-operates}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: operator}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: dev}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: views-there, namespace: other}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: operator}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: bob}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: of-nothing}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: missing}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: eve}]
)";

TEST_F(AccessTest, RolesAllowWhatTheirRulesSayWhereTheyAreBound) {
  Apply(kRoles);
  const api::User bob{.name = "bob"};
  const api::User account{.name = "system:serviceaccount:other:builder"};
  const struct {
    const api::User& user;
    const char* what;
    bool allowed;
  } kTable[] = {
      {kJane, "list default core/pods", true},
      {kJane, "get default core/pods web", true},
      {kJane, "delete default core/pods web", false},
      {kJane, "list other core/pods", false},
      {kJane, "list - core/pods", false},
      {kJane, "get default core/pods/log web", true},
      {kJane, "get default core/pods/exec web", false},
      {kJane, "get default extensions/pods web", false},
      {kJane, "get default apps/deployments/status web", true},
      {kJane, "list default apps/deployments", false},
      {kJane, "patch default core/replicationcontrollers/scale web", true},
      {kJane, "patch default core/replicationcontrollers web", false},
      {kJane, "get default core/configmaps settings", true},
      {kJane, "get default core/configmaps others", false},
      {kJane, "list default core/configmaps", false},
      {kJane, "get - core/nodes n1", true},
      {kJane, "get default core/nodes n1", true},
      {kJane, "list - core/nodes", false},
      {kJane, "get /logs", true},
      {kJane, "get /logs/x", false},
      {kJane, "get /debug/pprof", true},
      {kJane, "get /debug", false},
      {kJane, "post /debug/pprof", false},
      {kJane, "get /version", true},
      {kJane, "get /metrics", false},
      {kAdmin, "get /metrics", true},
      {kAdmin, "delete - core/nodes n1", true},
      // A ClusterRole that is bound in a namespace is a role of that namespace.
      {bob, "get other core/nodes n1", true},
      {bob, "get - core/nodes n1", false},
      {bob, "get /logs", false},
      {account, "list default core/pods", true},
      {account, "list other core/pods", false},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(May(row.user, row.what), row.allowed) << row.user.name << " " << row.what;
  }
}

TEST_F(AccessTest, SaysWhichBindingAllowedIt) {
  Apply(kRoles);
  May(kJane, "list default core/pods");
  EXPECT_EQ(reason_,
            "RBAC: allowed by RoleBinding \"jane-reads/default\" of Role \"reader\" to User "
            "\"jane\"");
  May(kJane, "get - core/nodes n1");
  EXPECT_EQ(reason_,
            "RBAC: allowed by ClusterRoleBinding \"dev-operates\" of ClusterRole \"operator\" to "
            "Group \"dev\"");
  May({.name = "system:serviceaccount:other:builder"}, "list default core/pods");
  EXPECT_THAT(reason_, HasSubstr("to ServiceAccount \"builder/other\""));
  May({.name = "eve"}, "list default core/pods");
  EXPECT_EQ(reason_, "RBAC: role.rbac.authorization.k8s.io \"missing\" not found");
}

TEST_F(AccessTest, RefusesInKubernetesWords) {
  const auto refusal = [this](rt::Ref<api::Request> request) {
    const absl::Status error = test_.Error(std::move(request));
    EXPECT_TRUE(api::IsForbidden(error)) << error;
    return std::string(error.message());
  };
  EXPECT_EQ(refusal(As<api::Pod>(kJane, api::Verb::kList, "default", "")),
            "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in "
            "the namespace \"default\"");
  EXPECT_EQ(refusal(As<api::coordinationv1::Lease>(kJane, api::Verb::kGet, "default", "l")),
            "leases.coordination.k8s.io \"l\" is forbidden: User \"jane\" cannot get resource "
            "\"leases\" in API group \"coordination.k8s.io\" in the namespace \"default\"");
  EXPECT_EQ(refusal(As<api::Node>(kJane, api::Verb::kWatch, "", "")),
            "nodes is forbidden: User \"jane\" cannot watch resource \"nodes\" in API group \"\" "
            "at the cluster scope");
  EXPECT_EQ(refusal(As<api::Namespace>(kJane, api::Verb::kGet, "", "default")),
            "namespaces \"default\" is forbidden: User \"jane\" cannot get resource "
            "\"namespaces\" in API group \"\" in the namespace \"default\"");
  rt::Ref<api::Request> status = As<api::Pod>(kJane, api::Verb::kUpdate, "default", "web");
  status->subresource = "status";
  EXPECT_THAT(refusal(status), HasSubstr("cannot update resource \"pods/status\" in API group"));
  EXPECT_EQ(access().AuthorizePath(kJane, "get", "/metrics").message(),
            "forbidden: User \"jane\" cannot get path \"/metrics\"");
}

TEST_F(AccessTest, AListOfOneNameNeedsTheRightToThatName) {
  Apply(kRoles);
  auto role = *cluster().Get<api::Role>("default", "reader");
  role.mutable_rules(3)->add_verbs("list");
  cluster().Update(std::move(role));
  cluster().RunFor(absl::Seconds(1));
  const auto list = [this](const char* selector) {
    rt::Ref<api::Request> request = As<api::ConfigMap>(kJane, api::Verb::kList, "default", "");
    request->field_selector = selector;
    return test_.Error(request);
  };
  EXPECT_TRUE(list("metadata.name=settings").ok());
  EXPECT_TRUE(list("metadata.name==settings").ok());
  EXPECT_TRUE(api::IsForbidden(list("metadata.name=other")));
  EXPECT_TRUE(api::IsForbidden(list("metadata.name!=settings")));
  EXPECT_TRUE(api::IsForbidden(list("")));
  // The selector of a request that selects nothing says nothing.
  rt::Ref<api::Request> create = As<api::ConfigMap>(kJane, api::Verb::kCreate, "default", "");
  create->field_selector = "metadata.name=settings";
  create->object = api::MakeObject(api::ConfigMap()).object();
  EXPECT_TRUE(api::IsForbidden(test_.Error(create)));
}

TEST_F(AccessTest, AnUpdateOrAnApplyThatWouldCreateNeedsBothRights) {
  Apply(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: updater}
rules: [{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [update, patch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: updater}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: updater}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
)");
  api::coordinationv1::Lease lease;
  lease.mutable_metadata()->set_name("l");
  rt::Ref<api::Request> update =
      As<api::coordinationv1::Lease>(kJane, api::Verb::kUpdate, "default", "l");
  update->object = api::MakeObject(lease).object();
  EXPECT_THAT(std::string(test_.Error(update).message()),
              HasSubstr("User \"jane\" cannot create resource \"leases\""));
  rt::Ref<api::Request> apply =
      As<api::coordinationv1::Lease>(kJane, api::Verb::kPatch, "default", "l");
  apply->patch_type = api::PatchType::kApply;
  apply->field_manager = "jane";
  apply->patch =
      R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"}})";
  EXPECT_THAT(std::string(test_.Error(apply).message()),
              HasSubstr("User \"jane\" cannot create resource \"leases\""));
  EXPECT_FALSE(cluster().Get<api::coordinationv1::Lease>("default", "l"));
  update->user = kAdmin;
  EXPECT_TRUE(test_.Error(update).ok());
}

TEST_F(AccessTest, ForgetsBindingsThatGoAndSubjectsThatAreTakenOut) {
  Apply(kRoles);
  auto binding = *cluster().Get<api::ClusterRoleBinding>("", "dev-operates");
  binding.mutable_subjects(0)->set_name("ops");
  cluster().Update(std::move(binding));
  cluster().RunFor(absl::Seconds(1));
  EXPECT_FALSE(May(kJane, "get - core/nodes n1"));
  EXPECT_TRUE(May({.name = "x", .groups = {"ops"}}, "get - core/nodes n1"));
  ASSERT_TRUE(cluster().Delete<api::ClusterRoleBinding>("", "dev-operates").ok());
  ASSERT_TRUE(cluster().Delete<api::RoleBinding>("default", "jane-reads").ok());
  cluster().RunFor(absl::Seconds(1));
  EXPECT_FALSE(May({.name = "x", .groups = {"ops"}}, "get - core/nodes n1"));
  EXPECT_FALSE(May(kJane, "list default core/pods"));
}

TEST_F(AccessTest, KnowsTheBindingsThatItFindsAtStart) {
  Apply(kRoles);
  cluster().server_process().Kill();
  cluster().server_process().Start();
  ASSERT_TRUE(cluster().RunUntil([this] { return cluster().server().ready(); }));
  EXPECT_TRUE(May(kJane, "list default core/pods"));
  EXPECT_FALSE(May(kJane, "list other core/pods"));
}

TEST_F(AccessTest, DefaultRolesAreThereAndAggregate) {
  Apply(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: v}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: viewer}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: e}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: editor}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: owner}]
)");
  const struct {
    const char* user;
    const char* what;
    bool allowed;
  } kTable[] = {
      {"viewer", "list default core/pods", true},
      {"viewer", "get default core/secrets s", false},
      {"viewer", "create default core/pods", false},
      {"editor", "create default core/pods", true},
      {"editor", "get default core/secrets s", true},
      {"editor", "create default core/serviceaccounts/token s", true},
      {"editor", "update default core/pods/status p", false},
      {"editor", "create default rbac.authorization.k8s.io/roles", false},
      {"owner", "create default rbac.authorization.k8s.io/roles", true},
      {"owner", "create default apps/deployments", true},
      {"owner", "delete default core/namespaces default", false},
      {"owner", "get default example.com/widgets w", false},
      {"system:kube-scheduler", "create default core/pods/binding p", true},
      {"system:kube-scheduler", "create default core/pods", false},
      {"system:kube-controller-manager", "create default core/pods", true},
      {"system:kube-controller-manager", "bind - rbac.authorization.k8s.io/clusterroles x", false},
      {"system:serviceaccount:kube-system:job-controller", "create default core/pods", true},
      {"system:serviceaccount:kube-system:ttl-controller", "create default core/pods", false},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(May({.name = row.user}, row.what), row.allowed) << row.user << " " << row.what;
  }
  // What is labelled later becomes part of all three.
  Apply(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: widgets, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}
rules: [{apiGroups: [example.com], resources: [widgets], verbs: [get]}]
)");
  for (const char* user : {"viewer", "editor", "owner"}) {
    EXPECT_TRUE(May({.name = user}, "get default example.com/widgets w")) << user;
  }
  ASSERT_TRUE(cluster().Delete<api::ClusterRole>("", "widgets").ok());
  cluster().RunFor(absl::Seconds(1));
  EXPECT_FALSE(May({.name = "owner"}, "get default example.com/widgets w"));
}

TEST_F(AccessTest, CompletesDefaultsAtStartUnlessToldNotTo) {
  auto mine = *cluster().Get<api::ClusterRole>("", "system:discovery");
  mine.mutable_rules(0)->mutable_non_resource_urls()->RemoveLast();  // "/version/"
  cluster().Update(std::move(mine));
  auto kept = *cluster().Get<api::ClusterRole>("", "system:basic-user");
  kept.clear_rules();
  api::Set(kept.mutable_metadata()->mutable_annotations(),
           "rbac.authorization.kubernetes.io/autoupdate", "false");
  cluster().Update(std::move(kept));
  ASSERT_TRUE(cluster().Delete<api::ClusterRole>("", "system:kube-dns").ok());
  auto binding = *cluster().Get<api::ClusterRoleBinding>("", "system:discovery");
  binding.mutable_subjects(0)->set_name("others");
  cluster().Update(std::move(binding));

  cluster().server_process().Kill();
  cluster().server_process().Start();
  ASSERT_TRUE(cluster().RunUntil([this] { return cluster().server().ready(); }));
  EXPECT_EQ(cluster().Get<api::ClusterRole>("", "system:discovery")->rules_size(), 2);
  EXPECT_EQ(cluster().Get<api::ClusterRole>("", "system:basic-user")->rules_size(), 0);
  EXPECT_TRUE(cluster().Get<api::ClusterRole>("", "system:kube-dns"));
  EXPECT_EQ(cluster().Get<api::ClusterRoleBinding>("", "system:discovery")->subjects_size(), 2);
}

TEST_F(AccessTest, GrantsNoMoreThanOneHolds) {
  Apply(kRoles);
  Apply(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: grantor}
rules:
- {apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings, clusterroles], verbs: [create, update, get]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view], verbs: [bind]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: jane-grants}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: grantor}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
)");
  const auto role = [](const char* name, const char* resource, std::vector<std::string> verbs) {
    api::Role made;
    made.mutable_metadata()->set_name(name);
    api::PolicyRule& rule = *made.add_rules();
    rule.add_api_groups("");
    rule.add_resources(resource);
    for (const std::string& verb : verbs) rule.add_verbs(verb);
    return made;
  };
  EXPECT_TRUE(Post(kJane, role("mine", "pods", {"get", "list"}), "default").ok());
  const absl::Status more =
      Post(kJane, role("more", "pods", {"get", "delete", "watch"}), "default").status();
  EXPECT_TRUE(api::IsForbidden(more));
  EXPECT_EQ(more.message(),
            "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"jane\" (groups=[\"dev\" "
            "\"system:authenticated\"]) is attempting to grant RBAC permissions not currently "
            "held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\" \"watch\"]}");
  // By an update, too.
  api::Role mine = *cluster().Get<api::Role>("default", "mine");
  mine.mutable_rules(0)->add_verbs("delete");
  rt::Ref<api::Request> update = As<api::Role>(kJane, api::Verb::kUpdate, "default", "mine");
  update->object = api::MakeObject(std::move(mine)).object();
  EXPECT_TRUE(api::IsForbidden(test_.Error(update)));

  const auto binding = [](const char* name, const char* kind, const char* to) {
    api::RoleBinding made;
    made.mutable_metadata()->set_name(name);
    made.mutable_role_ref()->set_api_group("rbac.authorization.k8s.io");
    made.mutable_role_ref()->set_kind(kind);
    made.mutable_role_ref()->set_name(to);
    return made;
  };
  EXPECT_TRUE(Post(kJane, binding("b1", "Role", "mine"), "default").ok());
  EXPECT_TRUE(Post(kJane, binding("b2", "ClusterRole", "view"), "default").ok());
  EXPECT_THAT(
      std::string(
          Post(kJane, binding("b3", "ClusterRole", "cluster-admin"), "default").status().message()),
      HasSubstr("not currently held:\n{APIGroups:[\"*\"], Resources:[\"*\"], "
                "Verbs:[\"*\"]}\n{NonResourceURLs:[\"*\"], Verbs:[\"*\"]}"));
  EXPECT_TRUE(api::IsNotFound(Post(kJane, binding("b4", "Role", "none"), "default").status()));
  EXPECT_TRUE(Post(kAdmin, binding("b4", "Role", "none"), "default").ok());

  api::ClusterRole all;
  all.mutable_metadata()->set_name("all");
  all.mutable_aggregation_rule()->add_cluster_role_selectors();
  EXPECT_THAT(std::string(Post(kJane, std::move(all)).status().message()),
              HasSubstr("must have cluster-admin privileges to use an aggregationRule"));
}

TEST_F(AccessTest, NodesActOnWhatIsTheirs) {
  cluster().Apply(R"(
{apiVersion: v1, kind: Node, metadata: {name: n1}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2}}
---
apiVersion: v1
kind: Pod
metadata: {name: mine}
spec:
  nodeName: n1
  serviceAccountName: builder
  imagePullSecrets: [{name: pull}]
  volumes:
  - {name: v, configMap: {name: settings}}
  - {name: p, projected: {sources: [{secret: {name: projected}}]}}
  containers:
  - name: c
    image: x
    env: [{name: K, valueFrom: {secretKeyRef: {name: key, key: k}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: theirs}
spec: {nodeName: n2, containers: [{name: c, image: x, envFrom: [{secretRef: {name: foreign}}]}]}
)");
  cluster().RunFor(absl::Seconds(1));
  const struct {
    const char* what;
    bool allowed;
  } kTable[] = {
      {"get - core/nodes n1", true},
      {"get - core/nodes n2", false},
      {"patch - core/nodes/status n1", true},
      {"patch - core/nodes/status n2", false},
      {"delete - core/nodes n1", false},
      {"create - core/nodes", true},
      {"get default core/pods mine", true},
      {"get default core/pods theirs", false},
      {"patch default core/pods/status mine", true},
      {"patch default core/pods/status theirs", false},
      {"delete default core/pods mine", true},
      {"delete default core/pods theirs", false},
      {"update default core/pods mine", false},
      {"create default core/pods/eviction mine", true},
      {"create default core/pods/eviction theirs", false},
      {"list - core/pods", false},
      {"get default core/secrets pull", true},
      {"get default core/secrets projected", true},
      {"get default core/secrets key", true},
      {"get default core/secrets foreign", false},
      {"list default core/secrets", false},
      {"get kube-system core/secrets pull", false},
      {"get default core/configmaps settings", true},
      {"get default core/configmaps other", false},
      {"create default core/serviceaccounts/token builder", true},
      {"create default core/serviceaccounts/token default", false},
      {"update kube-node-lease coordination.k8s.io/leases n1", true},
      {"update kube-node-lease coordination.k8s.io/leases n2", false},
      {"update default coordination.k8s.io/leases n1", false},
      {"list - core/services", true},
      {"create default core/services", false},
      {"create default core/events", true},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(May(kNode, row.what), row.allowed) << row.what << ": " << reason_;
  }
  // Its own pods alone, by the selector.
  rt::Ref<api::Request> list = As<api::Pod>(kNode, api::Verb::kList, "", "");
  list->field_selector = "spec.nodeName=n1";
  EXPECT_TRUE(test_.Error(list).ok());
  list = As<api::Pod>(kNode, api::Verb::kList, "", "");
  list->field_selector = "spec.nodeName=n2";
  EXPECT_THAT(std::string(test_.Error(list).message()),
              HasSubstr("can only list/watch pods with spec.nodeName field selector"));
}

TEST_F(AccessTest, NodesMakeNoObjectsOfOthers) {
  const auto message = [](const absl::StatusOr<api::ObjectRef>& made) {
    return std::string(made.status().message());
  };
  api::Node node;
  node.mutable_metadata()->set_name("n2");
  EXPECT_EQ(message(Post(kNode, node)),
            "nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"");
  node.mutable_metadata()->set_name("n1");
  EXPECT_EQ(message(Post(kNode, node)), "");
  api::coordinationv1::Lease lease;
  lease.mutable_metadata()->set_name("n2");
  EXPECT_THAT(message(Post(kNode, lease, "kube-node-lease")),
              HasSubstr("can only access node lease"));
  lease.mutable_metadata()->set_name("n1");
  EXPECT_EQ(message(Post(kNode, lease, "kube-node-lease")), "");

  api::Pod pod = MakePod("p");
  EXPECT_THAT(message(Post(kNode, pod, "default")), HasSubstr("can only create mirror pods"));
  api::Set(pod.mutable_metadata()->mutable_annotations(), "kubernetes.io/config.mirror", "x");
  EXPECT_THAT(message(Post(kNode, pod, "default")), HasSubstr("spec.nodeName set to itself"));
  pod.mutable_spec()->set_node_name("n1");
  api::Pod spy = pod;
  spy.mutable_spec()->add_image_pull_secrets()->set_name("theirs");
  EXPECT_THAT(message(Post(kNode, spy, "default")),
              HasSubstr("node \"n1\" can not create pods that reference secrets"));
  EXPECT_EQ(message(Post(kNode, pod, "default")), "");
}

TEST_F(AccessTest, AnswersReviewsOfOneself) {
  Apply(kRoles);
  api::SelfSubjectAccessReview self;
  self.mutable_spec()->mutable_resource_attributes()->set_verb("list");
  self.mutable_spec()->mutable_resource_attributes()->set_resource("pods");
  self.mutable_spec()->mutable_resource_attributes()->set_namespace_("default");
  absl::StatusOr<api::ObjectRef> answer = Post(kJane, self);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(api::As<api::SelfSubjectAccessReview>(*answer)->status().allowed());
  self.mutable_spec()->mutable_non_resource_attributes()->set_path("/x");
  EXPECT_TRUE(api::IsInvalid(Post(kJane, self).status()));
  // Others' access is not everybody's to ask for.
  EXPECT_TRUE(api::IsForbidden(Post(kJane, api::SubjectAccessReview()).status()));

  api::SelfSubjectRulesReview rules;
  rules.mutable_spec()->set_namespace_("default");
  answer = Post(kJane, rules);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto& status = api::As<api::SelfSubjectRulesReview>(*answer)->status();
  EXPECT_FALSE(status.incomplete());
  // The role's four, and those of the groups dev and system:authenticated.
  EXPECT_EQ(status.resource_rules_size(), 4 + 1 + 2);
  EXPECT_EQ(status.non_resource_rules_size(), 3);

  api::User who = kJane;
  who.uid = "7";
  who.extra = {{"k", {"v"}}};
  answer = Post(who, api::SelfSubjectReview());
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto& info = api::As<api::SelfSubjectReview>(*answer)->status().user_info();
  EXPECT_EQ(info.username(), "jane");
  EXPECT_EQ(info.uid(), "7");
  EXPECT_EQ(absl::StrJoin(info.groups(), ","), "dev,system:authenticated");
  EXPECT_EQ(info.extra(0).value().items(0), "v");

  api::LocalSubjectAccessReview local;
  local.mutable_spec()->set_user("jane");
  *local.mutable_spec()->mutable_resource_attributes() = self.spec().resource_attributes();
  answer = Post(kAdmin, local, "default");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(api::As<api::LocalSubjectAccessReview>(*answer)->status().allowed());
  EXPECT_EQ(Post(kAdmin, local, "other").status().message(),
            "spec.resourceAttributes.namespace must match namespace: other");
}

TEST_F(AccessTest, EveryNamespaceHasADefaultServiceAccount) {
  Apply("{apiVersion: v1, kind: Namespace, metadata: {name: fresh}}");
  for (const char* ns : {"default", "kube-system", "fresh"}) {
    EXPECT_TRUE(cluster().Get<api::ServiceAccount>(ns, "default")) << ns;
  }
  ASSERT_TRUE(cluster().Delete<api::ServiceAccount>("fresh", "default").ok());
  cluster().RunFor(absl::Seconds(1));
  EXPECT_TRUE(cluster().Get<api::ServiceAccount>("fresh", "default"));
}

class TokenTest : public AccessTest {
 protected:
  absl::StatusOr<api::ObjectRef> Request(const api::authenticationv1::TokenRequest& asked,
                                         const char* account = "default") {
    rt::Ref<api::Request> request =
        As<api::ServiceAccount>(kAdmin, api::Verb::kCreate, "default", account);
    request->subresource = "token";
    request->object = api::MakeObject(asked).object();
    return test_.Object(request);
  }
  std::string Token(const api::authenticationv1::TokenRequest& asked = {}) {
    const absl::StatusOr<api::ObjectRef> answer = Request(asked);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return api::As<api::authenticationv1::TokenRequest>(*answer)->status().token();
  }
  // The name of the token's user, or "Unauthorized".
  std::string UserOf(const std::string& token) {
    const absl::StatusOr<api::User> user = access().Authenticate(token);
    return user.ok() ? user->name : std::string(user.status().message());
  }
};

TEST_F(TokenTest, ServiceAccountTokensStandForTheirAccountUntilTheyExpire) {
  const std::string token = Token();
  const absl::StatusOr<api::User> user = access().Authenticate(token);
  ASSERT_TRUE(user.ok()) << user.status();
  EXPECT_EQ(user->name, "system:serviceaccount:default:default");
  EXPECT_THAT(user->groups, ElementsAre("system:serviceaccounts", "system:serviceaccounts:default",
                                        "system:authenticated"));
  EXPECT_EQ(user->uid, cluster().Get<api::ServiceAccount>("default", "default")->metadata().uid());
  cluster().RunFor(absl::Minutes(59));
  EXPECT_EQ(UserOf(token), "system:serviceaccount:default:default");
  cluster().RunFor(absl::Minutes(1));
  EXPECT_EQ(UserOf(token), "Unauthorized");
}

TEST_F(TokenTest, NobodyElseMakesTokens) {
  std::string token = Token();
  EXPECT_EQ(UserOf("x.y.z"), "Unauthorized");
  EXPECT_EQ(UserOf(".."), "Unauthorized");
  EXPECT_EQ(UserOf(""), "Unauthorized");
  EXPECT_EQ(UserOf(token + "1"), "Unauthorized");
  token[token.find('.') + 5] ^= 1;
  EXPECT_EQ(UserOf(token), "Unauthorized");
}

TEST_F(TokenTest, ATokenEndsWithItsServiceAccountAndItsPod) {
  cluster().Create(MakePod("worker"));
  cluster().RunFor(absl::Seconds(1));
  api::authenticationv1::TokenRequest asked;
  asked.mutable_spec()->mutable_bound_object_ref()->set_kind("Pod");
  asked.mutable_spec()->mutable_bound_object_ref()->set_api_version("v1");
  asked.mutable_spec()->mutable_bound_object_ref()->set_name("worker");
  const std::string bound = Token(asked);
  const std::string free = Token();
  const absl::StatusOr<api::User> user = access().Authenticate(bound);
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->extra[1].first, "authentication.kubernetes.io/pod-name");
  EXPECT_THAT(user->extra[1].second, ElementsAre("worker"));

  client::DeleteOptions now;
  now.grace_period_seconds = 0;
  ASSERT_TRUE(cluster().Delete<api::Pod>("default", "worker", now).ok());
  cluster().RunFor(absl::Seconds(1));
  EXPECT_EQ(UserOf(bound), "Unauthorized");
  EXPECT_EQ(UserOf(free), "system:serviceaccount:default:default");
  // Its successor of the same name is another one.
  ASSERT_TRUE(cluster().Delete<api::ServiceAccount>("default", "default").ok());
  cluster().RunFor(absl::Seconds(1));
  EXPECT_TRUE(cluster().Get<api::ServiceAccount>("default", "default"));
  EXPECT_EQ(UserOf(free), "Unauthorized");
}

TEST_F(TokenTest, RefusesWrongRequests) {
  cluster().Create(MakePod("worker"));
  cluster().RunFor(absl::Seconds(1));
  api::authenticationv1::TokenRequest asked;
  asked.mutable_spec()->set_expiration_seconds(10);
  EXPECT_EQ(Request(asked).status().message(),
            "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid "
            "value: 10: may not specify a duration less than 10 minutes");
  asked.Clear();
  EXPECT_EQ(Request(asked, "none").status().message(), "serviceaccounts \"none\" not found");
  auto& ref = *asked.mutable_spec()->mutable_bound_object_ref();
  ref.set_kind("ConfigMap");
  ref.set_api_version("v1");
  EXPECT_EQ(Request(asked).status().message(),
            "cannot bind token to object of type /v1, Kind=ConfigMap");
  ref.set_kind("Pod");
  ref.set_name("worker");
  ref.set_uid("another");
  EXPECT_TRUE(api::IsConflict(Request(asked).status()));
  cluster().Apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: builder}}");
  cluster().RunFor(absl::Seconds(1));
  EXPECT_EQ(Request(asked, "builder").status().message(),
            "cannot bind token for serviceaccount \"builder\" to pod running with different "
            "serviceaccount name.");
}

TEST_F(TokenTest, ReviewsTokensForAudiences) {
  api::authenticationv1::TokenRequest asked;
  asked.mutable_spec()->add_audiences("vault");
  const std::string token = Token(asked);
  EXPECT_EQ(UserOf(token), "Unauthorized");  // It is not for this server.
  api::TokenReview review;
  review.mutable_spec()->set_token(token);
  review.mutable_spec()->add_audiences("vault");
  review.mutable_spec()->add_audiences("other");
  absl::StatusOr<api::ObjectRef> answer = Post(kAdmin, review);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto& status = api::As<api::TokenReview>(*answer)->status();
  EXPECT_TRUE(status.authenticated());
  EXPECT_EQ(status.user().username(), "system:serviceaccount:default:default");
  EXPECT_EQ(absl::StrJoin(status.audiences(), ","), "vault");
  review.mutable_spec()->clear_audiences();
  answer = Post(kAdmin, review);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(api::As<api::TokenReview>(*answer)->status().authenticated());
  EXPECT_FALSE(api::As<api::TokenReview>(*answer)->status().error().empty());
}

TEST_F(TokenTest, StaticTokensAreUsers) {
  const absl::StatusOr<api::User> user = access().Authenticate("s3cret");
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->name, "jane");
  EXPECT_THAT(user->groups, ElementsAre("dev", "system:authenticated"));
}

TEST_F(TokenTest, BootstrapTokensAreSecretsOfTheirType) {
  const char kSecret[] = R"(
apiVersion: v1
kind: Secret
metadata: {name: bootstrap-token-abcdef, namespace: kube-system}
type: bootstrap.kubernetes.io/token
stringData:
  token-id: abcdef
  token-secret: 0123456789abcdef
  usage-bootstrap-authentication: "true"
  auth-extra-groups: system:bootstrappers:worker
)";
  Apply(kSecret);
  const absl::StatusOr<api::User> user = access().Authenticate("abcdef.0123456789abcdef");
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->name, "system:bootstrap:abcdef");
  EXPECT_THAT(user->groups, ElementsAre("system:bootstrappers", "system:bootstrappers:worker",
                                        "system:authenticated"));
  EXPECT_EQ(UserOf("abcdef.0123456789abcdee"), "Unauthorized");
  EXPECT_EQ(UserOf("abcdeg.0123456789abcdef"), "Unauthorized");
  const struct {
    const char* key;
    const char* value;
  } kSpoilers[] = {{"usage-bootstrap-authentication", "false"},
                   {"token-id", "ghijkl"},
                   {"auth-extra-groups", "system:masters"},
                   {"expiration", "2001-01-01T00:00:00Z"}};
  for (const auto& spoiler : kSpoilers) {
    api::Secret secret = *cluster().Get<api::Secret>("kube-system", "bootstrap-token-abcdef");
    const api::Secret good = secret;
    api::Set(secret.mutable_data(), spoiler.key, spoiler.value);
    secret = *cluster().Update(std::move(secret));
    cluster().RunFor(absl::Seconds(1));
    EXPECT_EQ(UserOf("abcdef.0123456789abcdef"), "Unauthorized") << spoiler.key;
    api::Secret again = good;
    again.mutable_metadata()->set_resource_version(secret.metadata().resource_version());
    cluster().Update(std::move(again));
    cluster().RunFor(absl::Seconds(1));
    EXPECT_EQ(UserOf("abcdef.0123456789abcdef"), "system:bootstrap:abcdef");
  }
}

TEST_F(AccessTest, ImpersonationNeedsTheRightToEachPart) {
  Apply(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: impersonator}
rules:
- {apiGroups: [""], resources: [users], verbs: [impersonate], resourceNames: [bob]}
- {apiGroups: [""], resources: [groups], verbs: [impersonate], resourceNames: [dev]}
- {apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: impersonator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: impersonator}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
)");
  const auto refusal = [this](const api::User& by, api::User wanted) {
    return std::string(access().Impersonate(by, std::move(wanted)).status().message());
  };
  EXPECT_EQ(refusal(kJane, {.name = "bob", .groups = {"dev"}, .extra = {{"scopes", {"a"}}}}), "");
  EXPECT_EQ(refusal(kJane, {.name = "eve"}),
            "users \"eve\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in "
            "API group \"\" at the cluster scope");
  EXPECT_THAT(refusal(kJane, {.name = "bob", .groups = {"dev", "system:masters"}}),
              HasSubstr("groups \"system:masters\" is forbidden"));
  EXPECT_THAT(refusal(kJane, {.name = "bob", .uid = "1"}), HasSubstr("resource \"uids\""));
  EXPECT_THAT(refusal(kJane, {.name = "bob", .extra = {{"other", {"a"}}}}),
              HasSubstr("resource \"userextras/other\""));
  EXPECT_THAT(refusal(kJane, {.name = "system:serviceaccount:default:x"}),
              HasSubstr("serviceaccounts \"x\" is forbidden: User \"jane\" cannot impersonate "
                        "resource \"serviceaccounts\" in API group \"\" in the namespace "
                        "\"default\""));
  EXPECT_THAT(access().Impersonate(kAdmin, {.name = "bob"})->groups,
              ElementsAre("system:authenticated"));
  EXPECT_THAT(access().Impersonate(kAdmin, {.name = "system:anonymous"})->groups,
              ElementsAre("system:unauthenticated"));
  EXPECT_THAT(access().Impersonate(kAdmin, {.name = "system:serviceaccount:default:x"})->groups,
              ElementsAre("system:serviceaccounts", "system:serviceaccounts:default",
                          "system:authenticated"));
}

TEST(TokenFile, ReadsUsersAndGroups) {
  const auto tokens =
      ParseTokenFile("t1,jane,u1,\"dev, ops\"\n\n# a comment\nt2,\"bob, the builder\",u2\n");
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  EXPECT_EQ(tokens->size(), 2U);
  EXPECT_THAT(tokens->find("t1")->second.groups, ElementsAre("dev", "ops"));
  EXPECT_EQ(tokens->find("t2")->second.name, "bob, the builder");
  EXPECT_THAT(tokens->find("t2")->second.groups, IsEmpty());
  EXPECT_EQ(ParseTokenFile("t1,a,b\nt1,c,d\n").status().message(), "line 2: a token twice");
  EXPECT_EQ(ParseTokenFile("t1,a\n").status().message(),
            "line 1: expected TOKEN,USER,UID[,\"GROUP,GROUP\"]");
  EXPECT_EQ(ParseTokenFile(",a,b\n").status().message(), "line 1: the token is empty");
  EXPECT_FALSE(ParseTokenFile("t1,\"a,b\n").ok());
}

// Without authorisation a server is what it was: nothing made, everybody welcome.
TEST(Access, IsOffUnlessAskedFor) {
  ServerTest test;
  EXPECT_TRUE(test.cluster().List<api::ClusterRole>("").empty());
  EXPECT_TRUE(test.cluster().List<api::ServiceAccount>("default").empty());
  rt::Ref<api::Request> request =
      test.Request(api::Verb::kList, api::KindOf<api::Pod>(), "default", "");
  request->user = {.name = "anybody"};
  EXPECT_TRUE(test.Error(request).ok());
}

}  // namespace
}  // namespace drydock::apiserver
